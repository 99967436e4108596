using Dashboard.Hosting;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.StatusPage;
using Dashboard.StatusPage;

namespace Dashboard.Jobs;

/// <summary>Looks every few seconds whether the copy of the status page is as the page is. Idle where no copy is configured.</summary>
internal sealed partial class StatusExportPoll(StatusBoard board, StatusExport export, StatusBundle bundle, StatusPageSettings settings, Readiness readiness, TimeProvider time, ILogger<StatusExportPoll> logger) : Poll(readiness, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override Task PollAsync(CancellationToken stoppingToken) => settings.Export is { } wanted
        ? RepeatAsync(token => LookAsync(wanted.Address, token), Interval, stoppingToken)
        : Task.CompletedTask;

    protected override void Tell(Exception exception) => LogFailed(logger, exception);

    private async Task LookAsync(string address, CancellationToken cancellationToken)
    {
        // What was last known before the database went away is in the copy already.
        if (await board.ReadAsync(cancellationToken) is { IsAway: false } view)
            await export.LookAsync(view.Snapshot, snapshot => bundle.MakeAsync(snapshot, address), cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The copy of the status page could not be looked after; it is tried again in some seconds")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
