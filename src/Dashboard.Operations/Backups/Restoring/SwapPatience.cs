namespace Dashboard.Operations.Backups.Restoring;

/// <summary>A swap that has begun is not torn off by a shutdown: it gets some seconds more, which is many times what renames take.</summary>
internal sealed class SwapPatience : IDisposable
{
    private static readonly TimeSpan AfterStop = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _patience = new();
    private readonly CancellationTokenRegistration _stopped;

    public SwapPatience(CancellationToken stop) => _stopped = stop.Register(() => _patience.CancelAfter(AfterStop));

    public CancellationToken Token => _patience.Token;

    public void Dispose()
    {
        // First the registration: it waits for a callback that is under way.
        _stopped.Dispose();
        _patience.Dispose();
    }
}
