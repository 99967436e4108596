namespace Dashboard.Hosting;

/// <summary>Lets the first page be served while the local platform still starts its machines.</summary>
public sealed class Readiness
{
    private readonly TaskCompletionSource _platform = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void PlatformIsUp() => _platform.TrySetResult();

    /// <summary>Returns when the application's machines answer, or were never ours to start.</summary>
    public Task PlatformAsync(CancellationToken cancellationToken) => _platform.Task.WaitAsync(cancellationToken);
}
