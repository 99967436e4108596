namespace Dashboard.Operations.Running;

/// <summary>What has begun is not torn off by a shutdown: renames and drops get some seconds more, which is many times what they take.</summary>
internal sealed class StopPatience : IDisposable
{
    private static readonly TimeSpan AfterStop = TimeSpan.FromSeconds(20);
    private readonly CancellationTokenSource _patience = new();
    private readonly CancellationTokenRegistration _stopped;

    public StopPatience(CancellationToken stop) => _stopped = stop.Register(() => _patience.CancelAfter(AfterStop));

    public CancellationToken Token => _patience.Token;

    public void Dispose()
    {
        // First the registration: it waits for a callback that is under way.
        _stopped.Dispose();
        _patience.Dispose();
    }
}
