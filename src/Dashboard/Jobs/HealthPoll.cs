using Dashboard.Hosting;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;

namespace Dashboard.Jobs;

/// <summary>Watches every environment at the intervals of <c>config/monitoring.json</c>, and writes what is found as the store can take it.</summary>
public sealed partial class HealthPoll(
    HealthWatch watch, HealthJournal journal, EnvironmentRegistry environments, Readiness readiness, HealthCheckSettings settings, TimeProvider time, ILogger<HealthPoll> logger)
    : Poll(readiness, time)
{
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);

    private bool _isAway;

    protected override async Task PollAsync(CancellationToken stoppingToken)
    {
        if (!settings.Enabled)
            return;
        await Readiness.PlatformAsync(stoppingToken);
        await Task.WhenAll([RepeatAsync(WriteAsync, WriteEvery, stoppingToken), .. environments.All.Select(environment => watch.WatchAsync(environment, stoppingToken))]);
    }

    protected override void Tell(Exception exception)
    {
        if (!_isAway)
            LogNotStored(logger, exception);
        _isAway = true;
    }

    private async Task WriteAsync(CancellationToken stoppingToken)
    {
        await journal.WriteAsync(stoppingToken);
        if (_isAway)
            LogStored(logger);
        _isAway = false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the health checks found could not be stored; the checks go on, and it waits in memory until it can")]
    private static partial void LogNotStored(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "What the health checks found meanwhile is stored")]
    private static partial void LogStored(ILogger logger);
}
