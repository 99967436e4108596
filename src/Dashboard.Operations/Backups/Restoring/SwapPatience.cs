namespace Dashboard.Operations.Backups.Restoring;

/// <summary>A swap that has begun is not torn off by a shutdown: it gets some seconds more, which is many times what renames take.</summary>
internal static class SwapPatience
{
    private static readonly TimeSpan AfterStop = TimeSpan.FromSeconds(10);

    public static CancellationTokenSource Of(CancellationToken stop)
    {
        var patience = new CancellationTokenSource();
        var registration = stop.Register(() => patience.CancelAfter(AfterStop));
        patience.Token.Register(registration.Dispose);
        return patience;
    }
}
