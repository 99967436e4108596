using Dashboard.Operations.Faults;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>
/// Keeps the records of restores. Every change names the state it expects, so that of a process that comes late and the one that
/// finished its work exactly one decides.
/// </summary>
public sealed class RestoreJournal(DashboardDatabase database)
{
    private static readonly FilterDefinitionBuilder<RestoreRecord> Is = Builders<RestoreRecord>.Filter;
    private readonly IMongoCollection<RestoreRecord> _records = database.Restores;

    public async Task<RestoreRecord?> FindAsync(string runId, CancellationToken cancellationToken) =>
        await _records.Find(record => record.Id == runId).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<RestoreRecord>> ListAsync(string? environment, CancellationToken cancellationToken) =>
        await _records.Find(environment is null ? Is.Empty : Is.Eq(record => record.Environment, environment)).SortByDescending(record => record.Id).ToListAsync(cancellationToken);

    /// <summary>
    /// What stopped in the middle, or is still at work, oldest first. While one of them is <see cref="RestoreState.Swapping"/> the database
    /// is neither the old nor the new one, and must not be backed up.
    /// </summary>
    public async Task<IReadOnlyList<RestoreRecord>> UnfinishedAsync(string environment, string database, CancellationToken cancellationToken) =>
        await _records
            .Find(Is.Eq(record => record.Environment, environment) & Is.Eq(record => record.Database, database)
                & Is.In(record => record.State, [RestoreState.Loading, RestoreState.Proven, RestoreState.Swapping]))
            .SortBy(record => record.Id)
            .ToListAsync(cancellationToken);

    internal async Task InsertAsync(RestoreRecord record, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.RestoreStores, $"{record.Id}: {record.State}");
        await _records.InsertOneAsync(record, cancellationToken: cancellationToken);
        await Failpoints.HitAsync(Failpoints.RestoreStored, $"{record.Id}: {record.State}");
    }

    /// <summary>Writes the record as it is now, if the stored one is still in the expected state; or as it is to be already.</summary>
    /// <returns>False when somebody else decided otherwise meanwhile.</returns>
    internal async Task<bool> MoveAsync(RestoreRecord record, RestoreState from, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.RestoreStores, $"{record.Id}: {record.State}");
        var replaced = await _records.ReplaceOneAsync(
            Is.Eq(stored => stored.Id, record.Id) & Is.Eq(stored => stored.State, from), record, cancellationToken: cancellationToken);
        // A try before may have been stored and its answer lost.
        var moved = replaced.MatchedCount == 1 || (await FindAsync(record.Id, cancellationToken))?.State == record.State;
        await Failpoints.HitAsync(Failpoints.RestoreStored, $"{record.Id}: {record.State}");
        return moved;
    }
}
