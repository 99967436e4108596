using Dashboard.Operations.Platforms;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Deployments;

/// <summary>Every release of every environment, those that were made past this dashboard too.</summary>
public sealed class ReleaseLedger(DashboardDatabase database)
{
    private const int LooksBack = 200;

    private static readonly FilterDefinitionBuilder<Release> Is = Builders<Release>.Filter;

    private readonly IMongoCollection<Release> _releases = database.Releases;

    /// <summary>Writes the release as it is now; false when somebody has written its end meanwhile, which stays.</summary>
    public async Task<bool> TrySaveAsync(Release release, CancellationToken cancellationToken)
    {
        try
        {
            await _releases.ReplaceOneAsync(
                stored => stored.Id == release.Id && stored.State == ReleaseState.Unfinished, release, new ReplaceOptions { IsUpsert = true }, cancellationToken);
            return true;
        }
        catch (MongoWriteException exception) when (exception.WriteError.Category == ServerErrorCategory.DuplicateKey)
        {
            // A try before may have stored this very end and lost the answer.
            return await _releases.Find(stored => stored.Id == release.Id && stored.State == release.State && stored.Message == release.Message).AnyAsync(cancellationToken);
        }
    }

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

    /// <summary>With the version that the newest good release of the same image was found to have, where the platform does not know it.</summary>
    public async Task<PlatformStatus> WithVersionAsync(string environment, PlatformStatus status, CancellationToken cancellationToken) =>
        status is { Version: null, Image: { } image }
            ? status with
            {
                Version = (await ListAsync(environment, LooksBack, before: null, cancellationToken))
                    .FirstOrDefault(release => release is { State: ReleaseState.Complete, Version: not null } && ImageName.IsSame(release.Image, image))?.Version,
            }
            : status;

    /// <summary>The newest deployment of an image, whatever became of it; null when there is none or no image is known.</summary>
    public async Task<Release?> DeploymentOfAsync(string environment, string? image, CancellationToken cancellationToken) => image is null
        ? null
        : (await ListAsync(environment, LooksBack, before: null, cancellationToken)).FirstOrDefault(release => release.Kind != ReleaseKind.Rollback && ImageName.IsSame(release.Image, image));

    /// <summary>Takes over what the platform knows and this ledger does not, before the platform forgets it.</summary>
    public async Task TakeOverAsync(string environment, IReadOnlyList<PlatformRelease> found, CancellationToken cancellationToken)
    {
        var numbers = found.Select(release => (int?)release.Number).ToList();
        var filter = Is.Eq(release => release.Environment, environment)
            & (Is.In(release => release.Number, numbers) | (Is.Eq(release => release.State, ReleaseState.Unfinished) & Is.Ne(release => release.Kind, ReleaseKind.Found)));
        var known = await _releases.Find(filter).ToListAsync(cancellationToken);
        foreach (var release in found.Where(release => !IsOwn(release, known)))
        {
            var seen = Found(environment, release);
            if (known.Find(other => other.Number == release.Number)?.State != seen.State)
                await _releases.ReplaceOneAsync(stored => stored.Id == seen.Id, seen, new ReplaceOptions { IsUpsert = true }, cancellationToken);
        }
    }

    /// <summary>Gives a release of a run the platform's number, as <see cref="TrySaveAsync"/> does; a page may have taken that one for somebody else's meanwhile.</summary>
    public async Task<bool> TryNumberAsync(Release release, int number, CancellationToken cancellationToken)
    {
        await _releases.DeleteOneAsync(
            Is.Eq(other => other.Environment, release.Environment) & Is.Eq(other => other.Number, number) & Is.Eq(other => other.Kind, ReleaseKind.Found), cancellationToken);
        return await TrySaveAsync(release with { Number = number }, cancellationToken);
    }

    // One that is being made now, or of which only its run does not know yet that it is made, gets its number from that run.
    private static bool IsOwn(PlatformRelease release, IReadOnlyList<Release> known) =>
        known.Any(other => other.Number == release.Number)
            ? known.Any(other => other.Number == release.Number && other.Kind != ReleaseKind.Found)
            : release.State == PlatformReleaseState.Unfinished || known.Any(other => other.Number is null && ImageName.IsSame(other.Image, release.Image));

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
