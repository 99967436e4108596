using Dashboard.Operations.Platforms;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Deployments;

/// <summary>Every release of every environment, those that were made past this dashboard too.</summary>
public sealed class ReleaseLedger(DashboardDatabase database)
{
    private const int MostSearched = 200;
    private readonly IMongoCollection<Release> _releases = database.Releases;

    /// <summary>Writes the release as it is now.</summary>
    public Task SaveAsync(Release release, CancellationToken cancellationToken) =>
        _releases.ReplaceOneAsync(stored => stored.Id == release.Id, release, new ReplaceOptions { IsUpsert = true }, cancellationToken);

    public async Task<Release?> FindAsync(string id, CancellationToken cancellationToken) =>
        await _releases.Find(release => release.Id == id).FirstOrDefaultAsync(cancellationToken);

    public async Task<IReadOnlyList<Release>> OfRunAsync(string runId, CancellationToken cancellationToken) =>
        await _releases.Find(release => release.RunId == runId).ToListAsync(cancellationToken);

    /// <summary>Newest first.</summary>
    /// <param name="before">The begin of the last one of the page before.</param>
    public async Task<IReadOnlyList<Release>> ListAsync(string? environment, int limit, DateTimeOffset? before, CancellationToken cancellationToken)
    {
        var filter = Builders<Release>.Filter;
        var wanted = filter.Empty;
        if (environment is not null)
            wanted &= filter.Eq(release => release.Environment, environment);
        if (before is { } begun)
            wanted &= filter.Lt(release => release.BegunAt, begun);
        return await _releases.Find(wanted).SortByDescending(release => release.BegunAt).Limit(limit).ToListAsync(cancellationToken);
    }

    /// <summary>The newest deployment of an image, whatever became of it; null when there is none or no image is known.</summary>
    public async Task<Release?> DeploymentOfAsync(string environment, string? image, CancellationToken cancellationToken) => image is null
        ? null
        : (await ListAsync(environment, MostSearched, before: null, cancellationToken)).FirstOrDefault(release => release.Kind != ReleaseKind.Rollback && ImageName.IsSame(release.Image, image));

    /// <summary>Takes over what the platform knows and this ledger does not, before the platform forgets it.</summary>
    public async Task TakeOverAsync(string environment, IReadOnlyList<PlatformRelease> found, CancellationToken cancellationToken)
    {
        var numbers = found.Select(release => (int?)release.Number).ToList();
        var filter = Builders<Release>.Filter.Eq(release => release.Environment, environment) & Builders<Release>.Filter.In(release => release.Number, numbers);
        var known = (await _releases.Find(filter).ToListAsync(cancellationToken)).ToDictionary(release => release.Number ?? 0);
        foreach (var release in found)
        {
            // One that is being made now gets its number from its own run.
            if (known.GetValueOrDefault(release.Number) is { Kind: not ReleaseKind.Found } || (release.State == PlatformReleaseState.Unfinished && !known.ContainsKey(release.Number)))
                continue;
            var seen = Found(environment, release);
            if (known.GetValueOrDefault(release.Number)?.State != seen.State)
                await SaveAsync(seen, cancellationToken);
        }
    }

    private static Release Found(string environment, PlatformRelease release) => new()
    {
        Id = $"{environment}-v{release.Number}",
        Environment = environment,
        Kind = ReleaseKind.Found,
        State = release.State switch
        {
            PlatformReleaseState.Complete => ReleaseState.Complete,
            PlatformReleaseState.Failed => ReleaseState.Failed,
            PlatformReleaseState.Interrupted => ReleaseState.Interrupted,
            _ => ReleaseState.Unfinished,
        },
        Image = release.Image ?? string.Empty,
        Version = release.Image is { } image ? ImageName.VersionOf(image) : null,
        Number = release.Number,
        Actor = release.Author ?? "unknown",
        Reason = release.Description ?? "Made past this dashboard.",
        BegunAt = release.At,
        EndedAt = release.At,
    };
}
