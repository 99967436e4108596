using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Alerts;

/// <summary>Every alert that is open or was not long ago, and what people do about them.</summary>
public sealed class AlertBook(DashboardDatabase database, AlertStore store, TimeProvider time)
{
    /// <summary>The store has them as words, whose order is the alphabet's.</summary>
    private static readonly IReadOnlyList<AlertSeverity> WorstFirst = [.. Enum.GetValues<AlertSeverity>().OrderDescending()];

    private static readonly FilterDefinitionBuilder<Alert> Is = Builders<Alert>.Filter;
    private readonly IMongoCollection<Alert> _alerts = database.Alerts;
    private readonly IMongoCollection<AlertSilence> _silences = database.AlertSilences;

    public async Task<Alert?> FindAsync(string id, CancellationToken cancellationToken) => await _alerts.Find(alert => alert.Id == id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<Alert>> ListAsync(AlertQuery query, CancellationToken cancellationToken) =>
        await _alerts.Find(FilterOf(query)).SortByDescending(alert => alert.RaisedAt).ThenByDescending(alert => alert.Id).Skip(query.Skip).Limit(query.Limit).ToListAsync(cancellationToken);

    /// <summary>How many are open, and some of them: the worst first, of those the newest.</summary>
    public async Task<OpenAlerts> OpenAsync(string? environment, int skip, int limit, CancellationToken cancellationToken)
    {
        var (count, shown) = (0L, new List<Alert>());
        foreach (var severity in WorstFirst)
        {
            var query = new AlertQuery(environment, IsOpen: true, Skip: (int)Math.Max(0, skip - count), Limit: limit - shown.Count, Severity: severity);
            var ofIt = await CountAsync(query, cancellationToken);
            if (query.Limit > 0 && ofIt > query.Skip)
                shown.AddRange(await ListAsync(query, cancellationToken));
            count += ofIt;
        }

        return new OpenAlerts(count, shown);
    }

    public Task<long> CountAsync(AlertQuery query, CancellationToken cancellationToken) => _alerts.CountDocumentsAsync(FilterOf(query), cancellationToken: cancellationToken);

    /// <summary>The alert as it is afterwards, also when it was resolved before; null when there is none of that id.</summary>
    public async Task<Alert?> ResolveAsync(string id, string? resolution, string actor, CancellationToken cancellationToken)
    {
        while (true)
        {
            var alert = await FindAsync(id, cancellationToken);
            if (alert is not { IsOpen: true })
                return alert;

            // Refused when it changed since it was read: whether anybody was told decides whether its end is told.
            if (await store.EndAsync(alert, actor, resolution, isDismissed: alert.IsLasting, cancellationToken) is { } ended)
                return ended;
        }
    }

    /// <summary>Somebody is on it, so it is not escalated. The alert as it is afterwards; null when there is none of that id.</summary>
    public async Task<Alert?> AcknowledgeAsync(string id, string actor, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } alert)
            return null;
        return await store.AcknowledgeAsync(alert, actor, cancellationToken) ?? await FindAsync(id, cancellationToken);
    }

    /// <summary>Nobody is told of the rule's alerts in the environment until then.</summary>
    public async Task<AlertSilence> SilenceAsync(string environment, string rule, string reason, DateTimeOffset until, string actor, CancellationToken cancellationToken)
    {
        var silence = new AlertSilence
        {
            Id = ObjectId.GenerateNewId().ToString(),
            Environment = environment,
            Rule = rule,
            Reason = reason,
            Actor = actor,
            From = time.GetUtcNow(),
            Until = until,
        };
        await _silences.InsertOneAsync(silence, cancellationToken: cancellationToken);
        return silence;
    }

    /// <summary>False when there is no such silence any more.</summary>
    public async Task<bool> EndSilenceAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ended = await _silences.UpdateOneAsync(silence => silence.Id == id && silence.Until > now, Builders<AlertSilence>.Update.Set(silence => silence.Until, now), cancellationToken: cancellationToken);
        return ended.MatchedCount == 1;
    }

    /// <summary>Those that hold now, the first to end first.</summary>
    public async Task<IReadOnlyList<AlertSilence>> SilencesAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await _silences.Find(silence => silence.Until > now).SortBy(silence => silence.Until).ToListAsync(cancellationToken);
    }

    private static FilterDefinition<Alert> FilterOf(AlertQuery query)
    {
        var filter = query.WithAnnouncements ? Is.Empty : Is.Ne(alert => alert.IsAnnouncement, true);
        if (!query.WithTrimmed)
            filter &= Is.Ne(alert => alert.IsTrimmed, true);
        if (query.Environment is not null)
            filter &= Is.Eq(alert => alert.Environment, query.Environment);
        if (query.IsOpen is { } open)
            filter &= Is.Eq(alert => alert.IsOpen, open);
        if (query.Severity is { } severity)
            filter &= Is.Eq(alert => alert.Severity, severity);
        if (query.After is { } after)
            filter &= Is.Lt(alert => alert.RaisedAt, after.RaisedAt) | (Is.Eq(alert => alert.RaisedAt, after.RaisedAt) & Is.Lt(alert => alert.Id, after.Id));
        if (query.From is { } from)
            filter &= Is.Gte(alert => alert.RaisedAt, from);
        if (query.To is { } to)
            filter &= Is.Lt(alert => alert.RaisedAt, to);
        return filter;
    }
}

/// <summary>Which alerts are meant; what is null does not narrow it.</summary>
/// <param name="From">Raised at or after.</param>
/// <param name="To">Raised before.</param>
/// <param name="WithAnnouncements">Also what was only made known and is no alert.</param>
/// <param name="WithTrimmed">Also those of which only the fact is kept: for who counts.</param>
/// <param name="After">The last one of the page before.</param>
public sealed record AlertQuery(
    string? Environment = null,
    bool? IsOpen = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    int Skip = 0,
    int Limit = 100,
    bool WithAnnouncements = false,
    bool WithTrimmed = false,
    AlertSeverity? Severity = null,
    (DateTimeOffset RaisedAt, string Id)? After = null);

/// <param name="Count">All that are open.</param>
/// <param name="Shown">Some of them.</param>
public sealed record OpenAlerts(long Count, IReadOnlyList<Alert> Shown);
