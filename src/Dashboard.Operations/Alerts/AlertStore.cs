using Dashboard.Operations.Alerts.Rules;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Alerts;

/// <summary>
/// Writes alerts. Each write names the state that it expects and carries what is to be told of it, so that two dashboards tell a change once
/// and a process that ends right afterwards has lost nothing.
/// </summary>
public sealed class AlertStore(DashboardDatabase database, AlertTimes times, TimeProvider time)
{
    private static readonly FilterDefinitionBuilder<Alert> Is = Builders<Alert>.Filter;
    private static readonly UpdateDefinitionBuilder<Alert> Set = Builders<Alert>.Update;
    private static readonly FindOneAndUpdateOptions<Alert, Alert> Changed = new() { ReturnDocument = ReturnDocument.After };
    private readonly IMongoCollection<Alert> _alerts = database.Alerts;

    /// <summary>Open ones, and dismissed ones whose condition goes on.</summary>
    internal async Task<IReadOnlyList<Alert>> StandingAsync(CancellationToken cancellationToken) =>
        await _alerts.Find(Is.Eq(alert => alert.IsOpen, true) | Is.Eq(alert => alert.IsDismissed, true)).ToListAsync(cancellationToken);

    internal async Task<Alert?> NewestOfAsync(string key, CancellationToken cancellationToken) =>
        await _alerts.Find(alert => alert.Key == key).SortByDescending(alert => alert.RaisedAt).FirstOrDefaultAsync(cancellationToken);

    /// <summary>False when another dashboard was first.</summary>
    internal async Task<bool> RaiseAsync(Alert alert, bool isTold, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        try
        {
            var raised = isTold ? alert with { ToldAt = now, Outbox = [AlertNotice.Of(alert, alert.IsAnnouncement ? NoticeKind.Announced : NoticeKind.Raised, now)] } : alert;
            await Failpoints.HitAsync(Failpoints.AlertStores, alert.Key);
            await _alerts.InsertOneAsync(raised, cancellationToken: cancellationToken);
            await Failpoints.HitAsync(Failpoints.AlertStored, alert.Key);
            return true;
        }
        catch (MongoWriteException exception) when (exception.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            return false;
        }
    }

    /// <summary>Its condition, or another of its events, was seen again.</summary>
    internal Task RenewAsync(Alert open, AlertFinding seen, CancellationToken cancellationToken)
    {
        var at = seen.IsLasting ? time.GetUtcNow() : seen.At;
        var isWorse = seen.Severity > open.Severity;
        var isNews = isWorse || seen.Message != open.Message || seen.Title != open.Title || seen.Times > open.Times || seen.ConsecutiveFailures != open.ConsecutiveFailures;
        if (!isNews && at - open.SeenAt < times.Renewal)
            return Task.CompletedTask;
        var update = Set.Max(alert => alert.SeenAt, at).Set(alert => alert.ConsecutiveFailures, seen.ConsecutiveFailures)
            .Set(alert => alert.Title, seen.Title).Set(alert => alert.Message, seen.Message);
        if (!seen.IsLasting)
            update = update.Max(alert => alert.Times, seen.Times);
        if (!isWorse)
            return _alerts.UpdateOneAsync(As(open), update, cancellationToken: cancellationToken);
        var worse = open with { Severity = seen.Severity, Title = seen.Title, Message = seen.Message };
        update = update.Set(alert => alert.Severity, seen.Severity);
        if (open.ToldAt is not null)
            update = update.Push(alert => alert.Outbox, AlertNotice.Of(worse, NoticeKind.Worsened, time.GetUtcNow()));
        return _alerts.UpdateOneAsync(As(open) & Is.Eq(alert => alert.Severity, open.Severity), update, cancellationToken: cancellationToken);
    }

    /// <summary>The same alert again, because it came back within the cooldown.</summary>
    internal async Task ReopenAsync(Alert resolved, AlertFinding seen, DateTimeOffset quietUntil, CancellationToken cancellationToken)
    {
        try
        {
            await _alerts.UpdateOneAsync(
                Is.Eq(alert => alert.Id, resolved.Id) & Is.Eq(alert => alert.IsOpen, false) & Is.Eq(alert => alert.ResolvedAt, resolved.ResolvedAt),
                Set.Set(alert => alert.IsOpen, true).Set("slot", resolved.Key)
                    .Set(alert => alert.SeenAt, seen.IsLasting ? time.GetUtcNow() : seen.At)
                    .Set(alert => alert.Times, Math.Max(seen.Times, resolved.Times + 1))
                    .Set(alert => alert.ConsecutiveFailures, seen.ConsecutiveFailures)
                    .Set(alert => alert.Severity, seen.Severity).Set(alert => alert.Title, seen.Title).Set(alert => alert.Message, seen.Message)
                    .Set(alert => alert.QuietUntil, quietUntil).Set(alert => alert.ToldAt, null).Set(alert => alert.Escalations, [])
                    .Set(alert => alert.AcknowledgedAt, null).Set(alert => alert.AcknowledgedBy, null)
                    .Set(alert => alert.ResolvedAt, null).Set(alert => alert.ResolvedBy, null).Set(alert => alert.Resolution, null),
                cancellationToken: cancellationToken);
        }
        catch (MongoWriteException exception) when (exception.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            // Another dashboard raised a new one of the same key.
        }
    }

    /// <summary>What kept it quiet is over, and it is still open.</summary>
    internal Task TellAsync(Alert open, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return _alerts.UpdateOneAsync(
            As(open) & Is.Eq(alert => alert.ToldAt, null),
            Set.Set(alert => alert.ToldAt, now).Set(alert => alert.QuietUntil, null).Push(alert => alert.Outbox, AlertNotice.Of(open, NoticeKind.Raised, now)),
            cancellationToken: cancellationToken);
    }

    /// <summary>Once for each time that it was told: one that was reopened is told again and is escalated again.</summary>
    internal Task EscalateAsync(Alert open, string condition, IReadOnlyList<string> channels, CancellationToken cancellationToken) => _alerts.UpdateOneAsync(
        As(open) & Is.Eq(alert => alert.AcknowledgedAt, null) & Is.Eq(alert => alert.ToldAt, open.ToldAt) & Is.AnyNe(alert => alert.Escalations, condition),
        Set.Push(alert => alert.Escalations, condition)
            .Push(alert => alert.Outbox, AlertNotice.Of(open, NoticeKind.Escalated, time.GetUtcNow()) with { Id = $"{open.Id}-escalated-{AlertId.Of(condition, open.ToldAt ?? open.RaisedAt)}", Channels = channels, Note = condition }),
        cancellationToken: cancellationToken);

    /// <summary>Null when it is not open, or somebody was before.</summary>
    internal async Task<Alert?> AcknowledgeAsync(Alert open, string actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var update = Set.Set(alert => alert.AcknowledgedAt, now).Set(alert => alert.AcknowledgedBy, actor);
        if (open.ToldAt is not null)
            update = update.Push(alert => alert.Outbox, AlertNotice.Of(open, NoticeKind.Acknowledged, now) with { Actor = actor });
        return await _alerts.FindOneAndUpdateAsync(As(open) & Is.Eq(alert => alert.AcknowledgedAt, null) & Is.Eq(alert => alert.ToldAt, open.ToldAt), update, Changed, cancellationToken);
    }

    /// <summary>Null when it is not as it was read any more. Whoever was told of it is told of its end, even in maintenance: a receiver must not keep it open.</summary>
    internal async Task<Alert?> EndAsync(Alert open, string actor, string? resolution, bool isDismissed, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var update = Set.Set(alert => alert.IsOpen, false).Set("slot", open.Id).Set(alert => alert.IsDismissed, isDismissed)
            .Set(alert => alert.ResolvedAt, now).Set(alert => alert.ResolvedBy, actor).Set(alert => alert.Resolution, resolution);
        if (open.ToldAt is not null)
            update = update.Push(alert => alert.Outbox, AlertNotice.Of(open, NoticeKind.Resolved, now) with { Actor = actor, Note = resolution });
        return await _alerts.FindOneAndUpdateAsync(As(open) & Is.Eq(alert => alert.ToldAt, open.ToldAt), update, Changed, cancellationToken);
    }

    /// <summary>The condition of a dismissed one has ended: when it comes again it is raised again.</summary>
    internal Task ForgetDismissalAsync(string id, CancellationToken cancellationToken) =>
        _alerts.UpdateOneAsync(alert => alert.Id == id, Set.Set(alert => alert.IsDismissed, false), cancellationToken: cancellationToken);

    /// <summary>Of what was resolved before, deletes the text and the deliveries; that it was raised stays, to be counted.</summary>
    internal async Task TrimAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var old = await _alerts.Find(ToTrim(before)).Project(alert => alert.Id).Limit(1_000).ToListAsync(cancellationToken);
        if (old.Count == 0)
            return;
        await database.AlertDeliveries.DeleteManyAsync(Builders<AlertDelivery>.Filter.In(delivery => delivery.AlertId, old), cancellationToken);
        await _alerts.UpdateManyAsync(
            Is.In(alert => alert.Id, old),
            Set.Set(alert => alert.IsTrimmed, true).Set(alert => alert.Message, string.Empty).Set(alert => alert.Resolution, null).Set(alert => alert.Outbox, []),
            cancellationToken: cancellationToken);
    }

    /// <summary>What is trimmed stays for years, so it has to be passed over by an index, and none can by "is not true".</summary>
    internal static FilterDefinition<Alert> ToTrim(DateTimeOffset before) =>
        Is.Eq(alert => alert.IsTrimmed, false) & Is.Eq(alert => alert.IsOpen, false) & Is.Lt(alert => alert.ResolvedAt, before) & Is.Eq(alert => alert.IsDismissed, false);

    private static FilterDefinition<Alert> As(Alert open) => Is.Eq(alert => alert.Id, open.Id) & Is.Eq(alert => alert.IsOpen, true);
}
