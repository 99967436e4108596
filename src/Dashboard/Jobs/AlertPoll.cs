using Dashboard.Hosting;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Alerts.Channels;
using Dashboard.Operations.Storage;

namespace Dashboard.Jobs;

/// <summary>Looks for alerts every few seconds, and sends what is to be told: each channel at its own pace, so that one that hangs delays no other and no look.</summary>
public sealed partial class AlertPoll(
    AlertSweep sweep, AlertOutbox outbox, DeliverySweep deliveries, ChannelCatalog channels, Readiness readiness, TimeProvider time, ILogger<AlertPoll> logger) : Poll(readiness, time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Send = TimeSpan.FromSeconds(1);

    protected override async Task PollAsync(CancellationToken stoppingToken)
    {
        await Readiness.PlatformAsync(stoppingToken);
        await TryAsync(outbox.GiveUpStrayAsync, stoppingToken);
        await Task.WhenAll(
        [
            RepeatAsync(sweep.SweepAsync, Look, stoppingToken),
            RepeatAsync(outbox.RelayAsync, Send, stoppingToken),
            .. channels.All.Select(channel => RepeatAsync(token => deliveries.SendAsync(channel, token), Send, stoppingToken)),
        ]);
    }

    protected override void Tell(Exception exception)
    {
        if (StoreFailure.Is(exception))
            LogFailed(logger, exception);
        else
            LogUnforeseen(logger, exception);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alerts could not be looked for or told; it is tried again in some seconds")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alerts could not be looked for or told, for a reason that nobody thought of; it is tried again in some seconds")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception);
}
