using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Audit;

/// <summary>The trail as people read it: newest first, page after page.</summary>
public sealed class AuditHistory(DashboardDatabase database)
{
    private static readonly FilterDefinitionBuilder<AuditEntry> Is = Builders<AuditEntry>.Filter;

    public async Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken) =>
        await database.AuditEntries.Find(FilterOf(query)).SortByDescending(entry => entry.Sequence).Limit(query.Limit).ToListAsync(cancellationToken);

    public async Task<AuditEntry?> FindAsync(long sequence, CancellationToken cancellationToken) =>
        await database.AuditEntries.Find(entry => entry.Sequence == sequence).FirstOrDefaultAsync(cancellationToken);

    private static FilterDefinition<AuditEntry> FilterOf(AuditQuery query)
    {
        var filter = Is.Empty;
        if (query.Below is { } below)
            filter &= Is.Lt(entry => entry.Sequence, below);
        if (query.Actor is { } actor)
            filter &= Is.Eq(entry => entry.Fact.Actor, actor);
        if (query.Action is { } action)
            filter &= Is.Eq(entry => entry.Fact.Action, action);
        if (query.Environment is { } environment)
            filter &= Is.Eq(entry => entry.Fact.Environment, environment);
        if (query.Target is { } target)
            filter &= Is.Eq(entry => entry.Fact.Target, target);
        if (query.Outcome is { } outcome)
            filter &= Is.Eq(entry => entry.Fact.Outcome, outcome);
        if (query.From is { } from)
            filter &= Is.Gte(entry => entry.At, from);
        if (query.To is { } to)
            filter &= Is.Lt(entry => entry.At, to);
        return filter;
    }
}

/// <summary>Which entries are meant; what is null does not narrow it.</summary>
/// <param name="Below">The last number of the page before: a page costs the same however far back it is.</param>
/// <param name="From">At or after.</param>
/// <param name="To">Before.</param>
public sealed record AuditQuery(
    string? Actor = null,
    string? Action = null,
    string? Environment = null,
    string? Target = null,
    AuditOutcome? Outcome = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    long? Below = null,
    int Limit = 100);
