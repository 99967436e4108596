using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>Where copies are, or should be: one record for each archive and place, as long as either is there.</summary>
public sealed class CopyRecords(DashboardDatabase database, TimeProvider time)
{
    private readonly IMongoCollection<BackupCopy> _copies = database.BackupCopies;

    /// <summary>The record of an archive in a place; from now on one is wanted there.</summary>
    public async Task<BackupCopy> WantAsync(BackupManifest manifest, string place, CancellationToken cancellationToken)
    {
        var id = BackupCopy.IdOf(place, manifest.Archive);
        if (await _copies.Find(copy => copy.Id == id).FirstOrDefaultAsync(cancellationToken) is { } known && known.Sha256 == manifest.Sha256)
            return known;
        return await SaveAsync(
            new BackupCopy
            {
                Id = id,
                Archive = manifest.Archive,
                Place = place,
                Environment = manifest.Environment,
                Sha256 = manifest.Sha256,
                State = CopyState.Missing,
                WantedAt = time.GetUtcNow(),
            },
            cancellationToken);
    }

    /// <summary>A copy that was met in a place, perhaps one that was missed; what else is known about it stays as it is.</summary>
    internal async Task FoundAsync(KnownManifest found, string place, CancellationToken cancellationToken)
    {
        var manifest = found.Manifest;
        var id = BackupCopy.IdOf(place, manifest.Archive);
        await _copies.UpdateOneAsync(
            copy => copy.Id == id && copy.Sha256 == manifest.Sha256 && copy.State == CopyState.Missing,
            Builders<BackupCopy>.Update.Set(copy => copy.State, CopyState.Found).Set(copy => copy.Problem, null),
            cancellationToken: cancellationToken);
        var completed = await _copies.UpdateOneAsync(
            copy => copy.Id == id && copy.Sha256 == manifest.Sha256, Builders<BackupCopy>.Update.Set(copy => copy.Manifest, found.Json), cancellationToken: cancellationToken);
        if (completed.MatchedCount > 0)
            return;
        var copy = new BackupCopy
        {
            Id = id,
            Archive = manifest.Archive,
            Place = place,
            Environment = manifest.Environment,
            Sha256 = manifest.Sha256,
            State = CopyState.Found,
            WantedAt = manifest.FinishedAt,
            Manifest = found.Json,
        };
        try
        {
            await _copies.InsertOneAsync(copy, options: null, cancellationToken);
        }
        catch (MongoWriteException exception) when (exception.WriteError.Category == ServerErrorCategory.DuplicateKey)
        {
            // It is being made, or is a copy of another file of this name.
        }
    }

    /// <summary>The place was read and does not have it any more; a copy that is being made or deleted meanwhile is left alone.</summary>
    internal Task LostAsync(BackupCopy known, CancellationToken cancellationToken) => _copies.UpdateOneAsync(
        copy => copy.Id == known.Id && copy.State == known.State && copy.Sha256 == known.Sha256 && copy.VerifiedAt == known.VerifiedAt,
        Builders<BackupCopy>.Update.Set(copy => copy.State, CopyState.Missing).Set(copy => copy.Problem, BackupCopier.GoneFrom(known.Archive, known.Place)),
        cancellationToken: cancellationToken);

    public async Task<BackupCopy> SaveAsync(BackupCopy copy, CancellationToken cancellationToken)
    {
        await _copies.ReplaceOneAsync(stored => stored.Id == copy.Id, copy, new ReplaceOptions { IsUpsert = true }, cancellationToken);
        return copy;
    }

    public Task ForgetAsync(string archive, string place, CancellationToken cancellationToken)
    {
        var id = BackupCopy.IdOf(place, archive);
        return _copies.DeleteOneAsync(copy => copy.Id == id, cancellationToken);
    }

    public async Task<IReadOnlyList<BackupCopy>> OfPlaceAsync(string place, CancellationToken cancellationToken) =>
        await _copies.Find(copy => copy.Place == place).ToListAsync(cancellationToken);
}
