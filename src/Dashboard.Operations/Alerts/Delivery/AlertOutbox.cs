using Dashboard.Operations.Alerts.Channels;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Alerts;

/// <summary>Makes a delivery for each channel of what is to be told, and only then takes it out of the alert: a process that ends between has lost nothing, and a second one makes none twice.</summary>
public sealed class AlertOutbox(DashboardDatabase database, ChannelCatalog channels, EnvironmentRegistry environments, TimeProvider time)
{
    private const int AtOnce = 200;

    private readonly IMongoCollection<AlertDelivery> _deliveries = database.AlertDeliveries;

    public async Task RelayAsync(CancellationToken cancellationToken)
    {
        var full = await database.Alerts.Find(Builders<Alert>.Filter.Gte("outbox.at", DateTime.UnixEpoch)).Limit(AtOnce).ToListAsync(cancellationToken);
        foreach (var alert in full)
        {
            foreach (var notice in alert.Outbox)
            {
                foreach (var channel in await ReceiversAsync(notice, cancellationToken))
                    await AddAsync(notice, channel.Name, cancellationToken);
                await database.Alerts.UpdateOneAsync(
                    stored => stored.Id == alert.Id, Builders<Alert>.Update.PullFilter(stored => stored.Outbox, kept => kept.Id == notice.Id), cancellationToken: cancellationToken);
            }
        }
    }

    /// <summary>One notice for one channel, past every rule about who is told.</summary>
    /// <returns>The delivery's id.</returns>
    public async Task<string> AddAsync(AlertNotice notice, string channel, CancellationToken cancellationToken)
    {
        var delivery = new AlertDelivery
        {
            Id = AlertDelivery.IdOf(notice, channel),
            AlertId = notice.AlertId,
            Environment = notice.Environment,
            Channel = channel,
            Notice = notice,
            At = notice.At,
        };
        try
        {
            await _deliveries.InsertOneAsync(delivery, cancellationToken: cancellationToken);
        }
        catch (MongoWriteException exception) when (exception.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            // Made before, by a process that ended right afterwards or at the same moment.
        }

        return delivery.Id;
    }

    /// <summary>Ends what waits for channels that are not switched on any more.</summary>
    public async Task GiveUpStrayAsync(CancellationToken cancellationToken)
    {
        var waiting = await _deliveries.Find(delivery => delivery.State == DeliveryState.Waiting).Limit(1_000).ToListAsync(cancellationToken);
        foreach (var stray in waiting.Where(delivery => channels.Find(delivery.Environment, delivery.Channel) is null))
        {
            await _deliveries.UpdateOneAsync(
                delivery => delivery.Id == stray.Id && delivery.State == DeliveryState.Waiting,
                Builders<AlertDelivery>.Update.Set(delivery => delivery.State, DeliveryState.GivenUp).Set(delivery => delivery.EndedAt, time.GetUtcNow())
                    .Set(delivery => delivery.Problem, "The channel is no longer switched on in config/monitoring.json."),
                cancellationToken: cancellationToken);
        }
    }

    /// <summary>What follows on an alert goes to whoever was told of it before, also by an escalation.</summary>
    private async Task<IReadOnlyList<AlertChannel>> ReceiversAsync(AlertNotice notice, CancellationToken cancellationToken)
    {
        var all = channels.Of(notice.Environment).Where(channel => channel.Channel.Takes(notice.Kind));
        if (notice.Channels is { } kinds)
            return [.. all.Where(channel => kinds.Contains(channel.Channel.Kind, StringComparer.Ordinal))];
        if (notice.Kind is NoticeKind.Acknowledged or NoticeKind.Resolved or NoticeKind.Worsened)
        {
            var told = (await _deliveries.Find(delivery => delivery.AlertId == notice.AlertId).Project(delivery => delivery.Channel).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
            return [.. all.Where(channel => told.Contains(channel.Name))];
        }

        return [.. all.Where(channel => environments.Find(notice.Environment)?.Settings.Monitoring.Tells(channel.Channel.Kind) ?? false)];
    }
}
