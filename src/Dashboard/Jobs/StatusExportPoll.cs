using Dashboard.Operations.Configuration;
using Dashboard.Operations.StatusPage;
using Dashboard.StatusPage;

namespace Dashboard.Jobs;

/// <summary>Looks every few seconds whether the copy of the status page is as the page is. Idle where no copy is configured.</summary>
internal sealed partial class StatusExportPoll(StatusBoard board, StatusExport export, StatusBundle bundle, StatusPageSettings settings, TimeProvider time, ILogger<StatusExportPoll> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Export is not { } wanted)
            return;
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                // What was last known before the database went away is in the copy already.
                if (await board.ReadAsync(stoppingToken) is { IsAway: false } view)
                    await export.LookAsync(view.Snapshot, snapshot => bundle.MakeAsync(snapshot, wanted.Address), stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The copy of the status page could not be looked after; it is tried again in some seconds")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
