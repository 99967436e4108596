using Dashboard.Hosting;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;

namespace Dashboard.Jobs;

/// <summary>Watches every environment at the intervals of <c>config/monitoring.json</c>, and writes what is found as the store can take it.</summary>
public sealed partial class HealthPoll(
    HealthWatch watch, HealthJournal journal, EnvironmentRegistry environments, Readiness readiness, HealthCheckSettings settings, TimeProvider time, ILogger<HealthPoll> logger)
    : BackgroundService
{
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Enabled)
            return;
        await readiness.PlatformAsync(stoppingToken);
        await Task.WhenAll([WriteAsync(stoppingToken), .. environments.All.Select(environment => watch.WatchAsync(environment, stoppingToken))]);
    }

    private async Task WriteAsync(CancellationToken stoppingToken)
    {
        var isAway = false;
        using var timer = new PeriodicTimer(WriteEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await journal.WriteAsync(stoppingToken);
                if (isAway)
                    LogStored(logger);
                isAway = false;
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                if (!isAway)
                    LogNotStored(logger, exception);
                isAway = true;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the health checks found could not be stored; the checks go on, and it waits in memory until it can")]
    private static partial void LogNotStored(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "What the health checks found meanwhile is stored")]
    private static partial void LogStored(ILogger logger);
}
