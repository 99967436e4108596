using Dashboard.Hosting;
using Dashboard.Operations.Approvals;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Jobs;

/// <summary>Looks every few seconds for runs whose process is gone, for queued runs that nobody began and for what nobody was told; also notices that the database is away, or back.</summary>
public sealed partial class RunSweep(RunWatch watch, RunStore runs, RunAudit audit, BreakGlass glass, OperationQueue queue, StoreState store, Readiness readiness, TimeProvider time, ILogger<RunSweep> logger)
    : Poll(readiness, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    // Two loops, because to clear away may take minutes where an environment's database or platform is away.
    protected override Task PollAsync(CancellationToken stoppingToken) => Task.WhenAll(RepeatAsync(SweepAsync, Interval, stoppingToken), RepeatAsync(watch.RecoverAsync, Interval, stoppingToken));

    protected override void Tell(Exception exception)
    {
        if (exception is AuditException || StoreFailure.Is(exception))
            store.Failed(exception);
        else
            LogFailed(logger, exception);
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        await watch.EndLostAsync(stoppingToken);
        foreach (var forgotten in await runs.ForgottenAsync(stoppingToken))
            queue.QueueAgain(forgotten);
        await glass.SweepAsync(stoppingToken);
        await audit.SweepAsync(stoppingToken);
        store.Answered();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The sweep for interrupted runs failed; it is tried again in some seconds")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
