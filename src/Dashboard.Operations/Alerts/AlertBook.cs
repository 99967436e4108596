using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Alerts;

/// <summary>Every alert that is open or was not long ago.</summary>
public sealed class AlertBook(DashboardDatabase database, TimeProvider time)
{
    private static readonly FilterDefinitionBuilder<Alert> Is = Builders<Alert>.Filter;
    private readonly IMongoCollection<Alert> _alerts = database.Alerts;

    public async Task<Alert?> FindAsync(string id, CancellationToken cancellationToken) => await _alerts.Find(alert => alert.Id == id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<Alert>> ListAsync(AlertQuery query, CancellationToken cancellationToken) =>
        await _alerts.Find(FilterOf(query)).SortByDescending(alert => alert.RaisedAt).ThenByDescending(alert => alert.Id).Skip(query.Skip).Limit(query.Limit).ToListAsync(cancellationToken);

    public Task<long> CountAsync(AlertQuery query, CancellationToken cancellationToken) => _alerts.CountDocumentsAsync(FilterOf(query), cancellationToken: cancellationToken);

    /// <summary>The alert as it is afterwards, also when it was resolved before; null when there is none of that id.</summary>
    public async Task<Alert?> ResolveAsync(string id, string? resolution, string actor, CancellationToken cancellationToken)
    {
        var resolved = await _alerts.FindOneAndUpdateAsync(
            Is.Eq(alert => alert.Id, id) & Is.Eq(alert => alert.IsOpen, true),
            Builders<Alert>.Update
                .Set(alert => alert.IsOpen, false)
                .Set(alert => alert.ResolvedAt, time.GetUtcNow())
                .Set(alert => alert.ResolvedBy, actor)
                .Set(alert => alert.Resolution, resolution),
            new FindOneAndUpdateOptions<Alert> { ReturnDocument = ReturnDocument.After },
            cancellationToken);
        return resolved ?? await FindAsync(id, cancellationToken);
    }

    private static FilterDefinition<Alert> FilterOf(AlertQuery query)
    {
        var filter = Is.Empty;
        if (query.Environment is not null)
            filter &= Is.Eq(alert => alert.Environment, query.Environment);
        if (query.IsOpen is { } open)
            filter &= Is.Eq(alert => alert.IsOpen, open);
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
public sealed record AlertQuery(string? Environment = null, bool? IsOpen = null, DateTimeOffset? From = null, DateTimeOffset? To = null, int Skip = 0, int Limit = 100);
