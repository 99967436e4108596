using Dashboard.Operations.Backups;
using Dashboard.Operations.Storage;

namespace Dashboard.Jobs;

/// <summary>Looks every half minute for backups without all of their copies; how long a place that failed is left alone is the sweep's own matter.</summary>
public sealed partial class CopyPoll(CopySweep sweep, TimeProvider time, ILogger<CopyPoll> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await sweep.SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (StoreFailure.Is(exception) || exception is IOException or UnauthorizedAccessException)
            {
                LogFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Missing copies of backups could not be looked for; it is tried again in half a minute")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
