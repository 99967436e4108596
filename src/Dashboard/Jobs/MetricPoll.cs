using Dashboard.Operations.Metrics;
using Dashboard.Operations.Storage;

namespace Dashboard.Jobs;

/// <summary>Brings new deployment events into the sums every ten seconds, so that whoever asks finds it done, and deletes old ones once an hour.</summary>
public sealed partial class MetricPoll(MetricFold fold, MetricRetention retention, TimeProvider time, ILogger<MetricPoll> logger) : BackgroundService
{
    private const int RoundsBetweenPrunes = 360;
    private const int MostBatches = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var round = 0;
        do
        {
            try
            {
                await fold.FoldAsync(MostBatches, stoppingToken);
                if (round++ % RoundsBetweenPrunes == 0 && await retention.PruneAsync(stoppingToken) is > 0 and var deleted)
                    LogPruned(logger, deleted, retention.OldestEvent);
            }
            catch (Exception exception) when (StoreFailure.Is(exception))
            {
                LogFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} deployment events from before {Oldest} were deleted; their sums stay")]
    private static partial void LogPruned(ILogger logger, long count, DateTimeOffset oldest);

    [LoggerMessage(Level = LogLevel.Warning, Message = "New deployment events could not be counted; it is tried again in ten seconds")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
