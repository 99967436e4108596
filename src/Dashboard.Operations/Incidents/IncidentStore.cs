using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Incidents;

/// <summary>Reads and writes incidents; each write names the version that it changes, so that of two people who change one at once nobody's words are lost.</summary>
public sealed class IncidentStore(DashboardDatabase database)
{
    private static readonly FilterDefinitionBuilder<Incident> Is = Builders<Incident>.Filter;

    /// <summary>What only the page of one incident shows is most of it.</summary>
    private static readonly ProjectionDefinition<Incident> Listed = Builders<Incident>.Projection.Exclude(incident => incident.Kept).Exclude(incident => incident.Notes).Exclude(incident => incident.FollowUps);

    private readonly IMongoCollection<Incident> _incidents = database.Incidents;

    public async Task<Incident?> FindAsync(string id, CancellationToken cancellationToken) =>
        await _incidents.Find(incident => incident.Id == id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Newest first, without notes and kept timelines.</summary>
    public async Task<IReadOnlyList<Incident>> ListAsync(IncidentQuery query, CancellationToken cancellationToken)
    {
        var filter = Is.Empty;
        if (query.IsOpen is { } open)
            filter &= Is.Eq(incident => incident.IsOpen, open);
        if (query.IsPublic is { } isPublic)
            filter &= Is.Eq(incident => incident.IsPublic, isPublic);
        return await _incidents.Find(filter).SortByDescending(incident => incident.OpenedAt).ThenByDescending(incident => incident.Id).Skip(query.Skip).Limit(query.Limit).Project<Incident>(Listed).ToListAsync(cancellationToken);
    }

    /// <summary>The one that is stored under its id then: this one, or one that was there before.</summary>
    internal async Task<Incident> InsertAsync(Incident incident, CancellationToken cancellationToken)
    {
        try
        {
            await _incidents.InsertOneAsync(incident, cancellationToken: cancellationToken);
            return incident;
        }
        catch (MongoWriteException exception) when (exception.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            return await FindAsync(incident.Id, cancellationToken) ?? throw new InvalidOperationException($"The incident {incident.Id} is in the way and cannot be read.", exception);
        }
    }

    /// <summary>False when it has changed since it was read.</summary>
    internal async Task<bool> ReplaceAsync(Incident read, Incident changed, CancellationToken cancellationToken) =>
        (await _incidents.ReplaceOneAsync(
            Is.Eq(incident => incident.Id, read.Id) & Is.Eq(incident => incident.Version, read.Version),
            changed with { Version = read.Version + 1 },
            cancellationToken: cancellationToken)).MatchedCount == 1;
}

/// <summary>Which incidents are meant; what is null does not narrow it.</summary>
/// <param name="IsPublic">Whether the world may see them.</param>
public sealed record IncidentQuery(bool? IsOpen = null, bool? IsPublic = null, int Skip = 0, int Limit = 100);
