using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Jobs;

/// <summary>Looks every few seconds for runs whose process is gone and for queued runs that nobody began; also notices that the database is away, or back.</summary>
public sealed partial class RunSweep(RunWatch watch, RunStore runs, RunAudit audit, OperationQueue queue, StoreState store, TimeProvider time, ILogger<RunSweep> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await watch.SweepAsync(stoppingToken);
                foreach (var forgotten in await runs.ForgottenAsync(stoppingToken))
                    queue.QueueAgain(forgotten);
                await audit.SweepAsync(stoppingToken);
                store.Answered();
            }
            catch (Exception exception) when (exception is AuditException || StoreFailure.Is(exception))
            {
                store.Failed(exception);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The sweep for interrupted runs failed; it is tried again in some seconds")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
