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
