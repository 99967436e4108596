using Dashboard.Hosting;
using Dashboard.Operations.Audit;

namespace Dashboard.Jobs;

/// <summary>Puts the audit trail's head into the log when no entry has done it lately.</summary>
public sealed partial class AuditPoll(AuditHeads heads, Readiness readiness, TimeProvider time, ILogger<AuditPoll> logger) : Poll(readiness, time)
{
    protected override Task PollAsync(CancellationToken stoppingToken) => RepeatAsync(heads.TellAsync, AuditHeads.Interval, stoppingToken);

    protected override void Tell(Exception exception) => LogFailed(logger, exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The audit trail's head could not be read; it is tried again in ten minutes")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
