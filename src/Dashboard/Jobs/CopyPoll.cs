using Dashboard.Hosting;
using Dashboard.Operations.Backups;

namespace Dashboard.Jobs;

/// <summary>Looks every half minute for backups without all of their copies; how long a place that failed is left alone is the sweep's own matter.</summary>
public sealed partial class CopyPoll(CopySweep sweep, Readiness readiness, TimeProvider time, ILogger<CopyPoll> logger) : Poll(readiness, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override Task PollAsync(CancellationToken stoppingToken) => RepeatAsync(sweep.SweepAsync, Interval, stoppingToken);

    protected override void Tell(Exception exception) => LogFailed(logger, exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Missing copies of backups could not be looked for; it is tried again in half a minute")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
