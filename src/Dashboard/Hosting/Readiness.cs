using Dashboard.Operations.Platforms.Local;

namespace Dashboard.Hosting;

/// <summary>What has to be there before what: pages come first, the local platform's machines start beside them, and checks wait for those.</summary>
/// <param name="platform">Null where the machines are not ours to start.</param>
/// <param name="lifetime">Null where nothing is served.</param>
public sealed class Readiness(LocalPlatform? platform, IHostApplicationLifetime? lifetime = null)
{
    /// <summary>A machine that never comes up must be shown as down in the end, not be waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Returns when pages are served, or nothing is.</summary>
    public async Task PagesAsync(CancellationToken cancellationToken)
    {
        if (lifetime is null)
            return;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Returns when the application's machines answer, were never ours to start, or had their time.</summary>
    public async Task PlatformAsync(CancellationToken cancellationToken)
    {
        if (platform is null)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await platform.WhenHealthyAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The checks will say what is wrong.
        }
    }
}
