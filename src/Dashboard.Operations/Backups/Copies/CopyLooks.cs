using Dashboard.Operations.Environments;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>
/// Asks the places for copies, now and then, what is in them, so that a backup is found again whose records are lost, and a copy is missed that somebody
/// deleted. Lists read the records alone: they cost no request to a bucket, and a place that is down does not hold them up.
/// </summary>
public sealed class CopyLooks(CopyPlan plan, CopyRecords records, EnvironmentRegistry environments, DashboardDatabase database, TimeProvider time)
{
    /// <summary>All dashboards together; some hundred requests a day.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(1);

    /// <summary>A manifest of a thousand collections has a megabyte.</summary>
    private const int MostBytes = 16 * 1024 * 1024;

    private readonly IMongoCollection<CopyLook> _looks = database.CopyLooks;

    /// <summary>Asks each place whose time has come.</summary>
    /// <param name="atOnce">Whether it has come or not.</param>
    public async Task LookAsync(bool atOnce, CancellationToken cancellationToken)
    {
        foreach (var place in plan.Places)
        {
            var last = await _looks.Find(look => look.Id == place.Name).FirstOrDefaultAsync(cancellationToken);
            if (atOnce || last is null || last.NextAt <= time.GetUtcNow())
                await LookAsync(place, last, cancellationToken);
        }
    }

    /// <summary>The configured places that could not be read the last time.</summary>
    public async Task<IReadOnlyList<CopyLook>> UnreadAsync(CancellationToken cancellationToken)
    {
        var names = plan.Places.Select(place => place.Name).ToList();
        return await _looks.Find(Builders<CopyLook>.Filter.In(look => look.Id, names) & Builders<CopyLook>.Filter.Ne(look => look.Problem, null)).SortBy(look => look.Id).ToListAsync(cancellationToken);
    }

    private async Task LookAsync(BackupPlace place, CopyLook? last, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        CopyLook look;
        try
        {
            await ReadAsync(place, cancellationToken);
            look = new CopyLook { Id = place.Name, NextAt = now + Pause, ReadAt = now };
        }
        catch (IOException exception)
        {
            look = new CopyLook { Id = place.Name, NextAt = now + PauseAfterFailure, ReadAt = last?.ReadAt, Problem = exception.Message };
        }

        await _looks.ReplaceOneAsync(stored => stored.Id == look.Id, look, new ReplaceOptions { IsUpsert = true }, cancellationToken);
    }

    private async Task ReadAsync(BackupPlace place, CancellationToken cancellationToken)
    {
        // Before the place is asked: what is put there meanwhile is not missed.
        var known = (await records.OfPlaceAsync(place.Name, cancellationToken)).ToDictionary(copy => copy.Archive, StringComparer.Ordinal);
        var names = (await place.ListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        foreach (var copy in known.Values.Where(copy => copy.IsThere && !names.Contains(copy.Archive)))
            await records.LostAsync(copy, cancellationToken);
        foreach (var archive in names.Where(name => BackupNames.IsArchive(name) && names.Contains(name + BackupNames.ManifestEnding)))
        {
            if (known.GetValueOrDefault(archive) is null or { State: CopyState.Missing } or { IsThere: true, Manifest: null } && await FindAsync(archive, place, cancellationToken) is { } found)
                await records.FoundAsync(found, place.Name, cancellationToken);
        }
    }

    /// <summary>Null for what is no backup of this installation's environments.</summary>
    private async Task<KnownManifest?> FindAsync(string archive, BackupPlace place, CancellationToken cancellationToken)
    {
        await using var stored = await place.OpenAsync(archive + BackupNames.ManifestEnding, cancellationToken);
        if (stored is null)
            return null;
        using var json = new MemoryStream();
        var part = new byte[64 * 1024];
        while (json.Length < MostBytes && await stored.ReadAsync(part, cancellationToken) is > 0 and var read)
            json.Write(part, 0, read);
        return KnownManifest.TryRead(archive, sha256: null, json.ToArray()) is { } found && environments.Find(found.Manifest.Environment) is not null ? found : null;
    }
}
