using Dashboard.Hosting;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.StatusPage;

namespace Dashboard.Jobs;

/// <summary>Looks every few seconds for news of the status page, and sends the mails that wait: apart, so that a slow mail server holds up no look. Idle where no mail is configured.</summary>
public sealed partial class StatusMailPoll(StatusBoard board, StatusNewsDesk desk, StatusMailSweep mails, StatusPageSettings settings, Readiness readiness, TimeProvider time, ILogger<StatusMailPoll> logger) : Poll(readiness, time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Send = TimeSpan.FromSeconds(1);

    protected override Task PollAsync(CancellationToken stoppingToken) => settings.Mail is null
        ? Task.CompletedTask
        : Task.WhenAll(RepeatAsync(LookAsync, Look, stoppingToken), RepeatAsync(mails.SendAsync, Send, stoppingToken));

    protected override void Tell(Exception exception) => LogFailed(logger, exception);

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (await board.ReadAsync(cancellationToken) is { IsAway: false } view)
            await desk.LookAsync(view.Snapshot, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "News of the status page could not be found or mailed; it is tried again in some seconds")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
