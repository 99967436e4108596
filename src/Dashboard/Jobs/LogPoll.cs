using Dashboard.Hosting;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Logs;

namespace Dashboard.Jobs;

/// <summary>Copies every environment's log from the platform, every few seconds while it answers and less often while it does not.</summary>
public sealed partial class LogPoll(LogCapture capture, LogStore store, EnvironmentRegistry environments, Readiness readiness, TimeProvider time, ILogger<LogPoll> logger)
    : BackgroundService
{
    private const int RoundsBetweenTrims = 60;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.PlatformAsync(stoppingToken);
        await Task.WhenAll(environments.All.Select(environment => PollAsync(environment.Name, stoppingToken)));
    }

    private async Task PollAsync(string environment, CancellationToken stoppingToken)
    {
        var pause = Interval;
        for (var round = 0; ; round++)
        {
            var problem = await TryCaptureAsync(environment, trims: round % RoundsBetweenTrims == 0, stoppingToken);
            if (problem is not null && pause == Interval)
                LogFailed(logger, environment, problem);
            pause = problem is null ? Interval : pause < LongestPause / 2 ? pause * 2 : LongestPause;
            await Task.Delay(pause, time, stoppingToken);
        }
    }

    private async Task<string?> TryCaptureAsync(string environment, bool trims, CancellationToken stoppingToken)
    {
        try
        {
            await capture.CaptureAsync(environment, stoppingToken);
            if (trims)
                await store.TrimAsync(environment, LogStore.MostLines, stoppingToken);
            return null;
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && stoppingToken.IsCancellationRequested))
        {
            return exception.GetBaseException().Message;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log of {TargetEnvironment} is not captured now: {Problem}")]
    private static partial void LogFailed(ILogger logger, string targetEnvironment, string problem);
}
