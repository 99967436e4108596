using Dashboard.Operations.Environments;
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

    /// <summary>Those whose databases are on the server that the environment has in this process, newest first.</summary>
    public async Task<IReadOnlyList<RestoreRecord>> ListHereAsync(TargetEnvironment environment, CancellationToken cancellationToken) =>
        await OnAsync(environment.Database.Client, await ListAsync(environment.Name, cancellationToken), cancellationToken);

    /// <summary>
    /// What stopped in the middle, or is still at work, oldest first. While one of them is <see cref="RestoreState.Swapping"/> the database
    /// is neither the old nor the new one, and must not be backed up.
    /// </summary>
    public async Task<IReadOnlyList<RestoreRecord>> UnfinishedAsync(string environment, IMongoDatabase database, CancellationToken cancellationToken)
    {
        var unfinished = await _records
            .Find(Is.Eq(record => record.Environment, environment) & Is.Eq(record => record.Database, database.DatabaseNamespace.DatabaseName)
                & Is.In(record => record.State, [RestoreState.Loading, RestoreState.Proven, RestoreState.Swapping]))
            .SortBy(record => record.Id)
            .ToListAsync(cancellationToken);
        return await OnAsync(database.Client, unfinished, cancellationToken);
    }

    private static async Task<IReadOnlyList<RestoreRecord>> OnAsync(IMongoClient client, IReadOnlyList<RestoreRecord> records, CancellationToken cancellationToken)
    {
        if (records.All(record => record.Server is null))
            return records;
        var server = await RestoreServer.AskAsync(client, cancellationToken);
        return [.. records.Where(record => record.IsOn(server))];
    }

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
