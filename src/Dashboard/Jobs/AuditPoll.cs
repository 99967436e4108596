using Dashboard.Operations.Audit;
using Dashboard.Operations.Storage;

namespace Dashboard.Jobs;

/// <summary>Puts the audit trail's head into the log when no entry has done it lately.</summary>
public sealed partial class AuditPoll(AuditHeads heads, TimeProvider time, ILogger<AuditPoll> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(AuditHeads.Interval, time);
        do
            await TellAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TellAsync(CancellationToken stoppingToken)
    {
        try
        {
            await heads.TellAsync(stoppingToken);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            LogFailed(logger, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The audit trail's head could not be read; it is tried again in ten minutes")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
