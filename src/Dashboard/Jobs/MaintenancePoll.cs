using Dashboard.Hosting;
using Dashboard.Operations.Maintenance;

namespace Dashboard.Jobs;

/// <summary>Looks every few seconds whether applications show what the windows' records say, and which windows are past their end.</summary>
public sealed partial class MaintenancePoll(MaintenanceSweep sweep, Readiness readiness, TimeProvider time, ILogger<MaintenancePoll> logger) : Poll(readiness, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override Task PollAsync(CancellationToken stoppingToken) => RepeatAsync(sweep.SweepAsync, Interval, stoppingToken);

    protected override void Tell(Exception exception) => LogFailed(logger, exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Maintenance windows could not be looked at; it is tried again in some seconds")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
