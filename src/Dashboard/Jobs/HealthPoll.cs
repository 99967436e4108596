using Dashboard.Hosting;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Storage;

namespace Dashboard.Jobs;

/// <summary>Takes every environment's health suite at the interval of <c>config/monitoring.json</c>, so that the overview need not wait for anybody's answer.</summary>
public sealed partial class HealthPoll(
    HealthSuite suite, HealthHistory history, EnvironmentRegistry environments, Readiness readiness, HealthCheckSettings settings, TimeProvider time, ILogger<HealthPoll> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Enabled)
            return;
        await readiness.PlatformAsync(stoppingToken);
        await Task.WhenAll(environments.All.Select(environment => PollAsync(environment, stoppingToken)));
    }

    private async Task PollAsync(TargetEnvironment environment, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Interval, time);
        do
        {
            try
            {
                await history.SaveAsync(await suite.RunAsync(environment, stoppingToken), stoppingToken);
            }
            catch (Exception exception) when (StoreFailure.Is(exception))
            {
                LogNotStored(logger, environment.Name, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The health of {TargetEnvironment} could not be stored; the overview shows it as unknown until it can")]
    private static partial void LogNotStored(ILogger logger, string targetEnvironment, Exception exception);
}
