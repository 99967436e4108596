using Dashboard.Operations.Alerts.Channels;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Alerts;

/// <summary>
/// Sends what waits for one channel. Each channel is swept on its own, so one that hangs holds up nobody else. Of two dashboards one takes a
/// delivery; only a process that ends between sending and noting it makes another send it again, under the same id.
/// </summary>
public sealed partial class DeliverySweep(DashboardDatabase database, AlertTimes times, TimeProvider time, ILogger<DeliverySweep> logger)
{
    private const int AtOnce = 20;
    private static readonly FilterDefinitionBuilder<AlertDelivery> Is = Builders<AlertDelivery>.Filter;
    private static readonly UpdateDefinitionBuilder<AlertDelivery> Set = Builders<AlertDelivery>.Update;
    private readonly IMongoCollection<AlertDelivery> _deliveries = database.AlertDeliveries;

    /// <summary>Oldest first, up to the first that fails.</summary>
    /// <returns>How many were accepted.</returns>
    public async Task<int> SendAsync(AlertChannel channel, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var due = await _deliveries
            .Find(WaitingFor(channel) & (Is.Eq(delivery => delivery.NextTryAt, null) | Is.Lte(delivery => delivery.NextTryAt, now)))
            .SortBy(delivery => delivery.At).Limit(AtOnce).ToListAsync(cancellationToken);
        var sent = 0;
        foreach (var delivery in due)
        {
            // An incident that is resolved before it is triggered would stay open.
            if (await WaitsForEarlierAsync(channel, delivery, cancellationToken) || await ClaimAsync(delivery, cancellationToken) is not { } claimed)
                continue;
            if (!await SendAsync(channel, claimed, cancellationToken))
                return sent;
            sent++;
        }

        return sent;
    }

    private async Task<bool> SendAsync(AlertChannel channel, AlertDelivery claimed, CancellationToken cancellationToken)
    {
        try
        {
            await Failpoints.HitAsync(Failpoints.NoticeSends, claimed.Id);
            await channel.Channel.SendAsync(claimed.Notice, cancellationToken);
            await Failpoints.HitAsync(Failpoints.NoticeSent, claimed.Id);
        }
        catch (DeliveryException exception)
        {
            await FailAsync(channel, claimed, exception.Message, exception.RetryAfter, cancellationToken);
            return false;
        }
#pragma warning disable CA1031 // One notice that a channel cannot put into words must not stop all that come after it.
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            await FailAsync(channel, claimed, $"It could not be sent: {exception.Message}", retryAfter: null, cancellationToken);
            return false;
        }

        await EndAsync(claimed, Set.Set(delivery => delivery.State, DeliveryState.Sent).Set(delivery => delivery.EndedAt, time.GetUtcNow()).Set(delivery => delivery.Problem, null), cancellationToken);
        return true;
    }

    private async Task FailAsync(AlertChannel channel, AlertDelivery claimed, string message, TimeSpan? retryAfter, CancellationToken cancellationToken)
    {
        var problem = channel.Channel.Secrets.Where(secret => secret.Length > 1).OrderByDescending(secret => secret.Length).Aggregate(message, (text, secret) => text.Replace(secret, "***", StringComparison.Ordinal));
        var now = time.GetUtcNow();
        var tries = claimed.Tries + 1;
        var isGivenUp = tries >= channel.Channel.MostTries || now - claimed.At >= times.DeliveryPatience;
        var update = Set.Set(delivery => delivery.Problem, problem);
        update = isGivenUp
            ? update.Set(delivery => delivery.State, DeliveryState.GivenUp).Set(delivery => delivery.EndedAt, now)
            : update.Set(delivery => delivery.NextTryAt, now + (retryAfter ?? PauseAfter(tries)));
        await EndAsync(claimed, update, cancellationToken);
        if (isGivenUp)
            LogGivenUp(logger, claimed.AlertId, channel.Environment, channel.Name, problem);
        else if (tries == 1)
            LogFailed(logger, claimed.AlertId, channel.Environment, channel.Name, problem);
    }

    private TimeSpan PauseAfter(int tries)
    {
        var pause = times.FirstPause * Math.Pow(2, Math.Min(tries - 1, 20));
        return pause < times.LongestPause ? pause : times.LongestPause;
    }

    private Task<bool> WaitsForEarlierAsync(AlertChannel channel, AlertDelivery delivery, CancellationToken cancellationToken) =>
        _deliveries.Find(WaitingFor(channel) & Is.Eq(other => other.AlertId, delivery.AlertId) & Is.Lt(other => other.At, delivery.At)).AnyAsync(cancellationToken);

    private async Task<AlertDelivery?> ClaimAsync(AlertDelivery delivery, CancellationToken cancellationToken) => await _deliveries.FindOneAndUpdateAsync(
        Is.Eq(stored => stored.Id, delivery.Id) & Is.Eq(stored => stored.State, DeliveryState.Waiting) & Is.Eq(stored => stored.Tries, delivery.Tries)
            & (Is.Eq(stored => stored.ClaimedUntil, null) | StoreClock.Passed<AlertDelivery>("claimedUntil")),
        StoreClock.Set<AlertDelivery>(new BsonDocument { ["claimedUntil"] = StoreClock.In(times.Claim), ["claim"] = ObjectId.GenerateNewId().ToString() }),
        new FindOneAndUpdateOptions<AlertDelivery> { ReturnDocument = ReturnDocument.After },
        cancellationToken);

    private async Task EndAsync(AlertDelivery claimed, UpdateDefinition<AlertDelivery> update, CancellationToken cancellationToken) => await _deliveries.UpdateOneAsync(
        Is.Eq(delivery => delivery.Id, claimed.Id) & Is.Eq(delivery => delivery.Claim, claimed.Claim),
        update.Set(delivery => delivery.Claim, null).Set(delivery => delivery.ClaimedUntil, null).Inc(delivery => delivery.Tries, 1),
        cancellationToken: cancellationToken);

    private static FilterDefinition<AlertDelivery> WaitingFor(AlertChannel channel) =>
        Is.Eq(delivery => delivery.Environment, channel.Environment) & Is.Eq(delivery => delivery.Channel, channel.Name) & Is.Eq(delivery => delivery.State, DeliveryState.Waiting);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{AlertId} could not be told by {TargetEnvironment}'s {Channel}; it is tried again: {Problem}")]
    private static partial void LogFailed(ILogger logger, string alertId, string targetEnvironment, string channel, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "{AlertId} was not told by {TargetEnvironment}'s {Channel} and is given up: {Problem}")]
    private static partial void LogGivenUp(ILogger logger, string alertId, string targetEnvironment, string channel, string problem);
}
