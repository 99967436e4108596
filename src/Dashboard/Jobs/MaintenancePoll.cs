using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Storage;

namespace Dashboard.Jobs;

/// <summary>Looks every few seconds whether applications show what the windows' records say, and which windows are past their end.</summary>
public sealed partial class MaintenancePoll(MaintenanceSweep sweep, TimeProvider time, ILogger<MaintenancePoll> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await sweep.SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (StoreFailure.Is(exception))
            {
                LogFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Maintenance windows could not be looked at; it is tried again in some seconds")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
