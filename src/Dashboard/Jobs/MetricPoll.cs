using Dashboard.Hosting;
using Dashboard.Operations.Metrics;

namespace Dashboard.Jobs;

/// <summary>Brings new deployment events into the sums every ten seconds, so that whoever asks finds it done, and deletes old ones once an hour.</summary>
public sealed partial class MetricPoll(MetricFold fold, MetricRetention retention, Readiness readiness, TimeProvider time, ILogger<MetricPoll> logger) : Poll(readiness, time)
{
    private const int RoundsBetweenPrunes = 360;
    private const int MostBatches = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private int _round;

    protected override Task PollAsync(CancellationToken stoppingToken) => RepeatAsync(FoldAsync, Interval, stoppingToken);

    protected override void Tell(Exception exception) => LogFailed(logger, exception);

    private async Task FoldAsync(CancellationToken stoppingToken)
    {
        await fold.FoldAsync(MostBatches, stoppingToken);
        if (_round++ % RoundsBetweenPrunes == 0 && await retention.PruneAsync(stoppingToken) is > 0 and var deleted)
            LogPruned(logger, deleted, retention.OldestEvent);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} deployment events from before {Oldest} were deleted; their sums stay")]
    private static partial void LogPruned(ILogger logger, long count, DateTimeOffset oldest);

    [LoggerMessage(Level = LogLevel.Warning, Message = "New deployment events could not be counted; it is tried again in ten seconds")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
