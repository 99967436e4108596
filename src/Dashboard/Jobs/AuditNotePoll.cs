using Dashboard.Hosting;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Storage;

namespace Dashboard.Jobs;

/// <summary>Writes into the audit trail who looked and who posted, every second and once more at the end of the process, and which sign-ins ended by themselves.</summary>
public sealed partial class AuditNotePoll(AuditTallies tallies, SessionEnds sessions, StoreState store, Readiness readiness, TimeProvider time, ILogger<AuditNotePoll> logger)
    : Poll(readiness, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    /// <summary>A database that is away keeps no process from its end.</summary>
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(3);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(WriteLastAsync, cancellationToken);
    }

    protected override Task PollAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RepeatAsync(tallies.WriteAsync, Interval, stoppingToken), RepeatAsync(tallies.SweepAsync, SweepInterval, stoppingToken), RepeatAsync(sessions.SweepAsync, SweepInterval, stoppingToken));

    // What was noted is kept, and the pages say that the database is away.
    protected override void Tell(Exception exception)
    {
        if (exception is AuditException or OperationCanceledException || StoreFailure.Is(exception))
            store.Failed(exception);
        else
            LogFailed(logger, exception);
    }

    private async Task WriteLastAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LastPatience);
        await tallies.WriteAsync(patience.Token);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Who looked and who posted could not be written into the audit trail; it is tried again in some seconds")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
