using System.Globalization;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Migrations;

/// <summary>
/// The lock of one database, in that database: it excludes dashboards that do not share their own database, which the environment's lease cannot.
/// Every time in it is the server's, so a holder that died is waited out by no clock but that.
/// </summary>
public sealed class MigrationLock(RunnerOptions options, TimeProvider time)
{
    private const string Id = "migrations";

    /// <summary>Null when it is held; the sentence then says by whom.</summary>
    internal async Task<(HeldMigrationLock? Held, string? Refusal)> TakeAsync(IMongoDatabase database, string records, RunMark mark, CancellationToken cancellationToken)
    {
        var locks = LocksOf(database, records);
        while (true)
        {
            if (await TryTakeAsync(locks, mark, cancellationToken) is { } taken)
                return (new HeldMigrationLock(locks, taken["token"].ToInt64(), options, time), null);
            var holder = await locks.Find(Builders<BsonDocument>.Filter.Eq("_id", Id)).FirstOrDefaultAsync(cancellationToken);
            if (holder is null)
                await MakeAsync(locks, cancellationToken);
            else if (holder.GetValue("run", BsonNull.Value) is BsonString)
                return (null, SentenceOf(holder));
        }
    }

    /// <summary>For a run that is over, however it ended.</summary>
    internal static Task ReleaseAsync(IMongoDatabase database, string records, string runId, CancellationToken cancellationToken) =>
        LocksOf(database, records).UpdateOneAsync(
            Builders<BsonDocument>.Filter.Eq("_id", Id) & Builders<BsonDocument>.Filter.Eq("run", runId), HeldMigrationLock.Free, cancellationToken: cancellationToken);

    private string SentenceOf(BsonDocument holder) => string.Create(
        CultureInfo.InvariantCulture,
        $"{holder.GetValue("who", "Somebody")} has migrated this database from {holder.GetValue("host", "another machine")} since {holder.GetValue("takenAt", BsonNull.Value)} (run {holder["run"]}). If that process is dead, its lock lapses {options.LeaseDuration.TotalSeconds:0} s after its last sign of life; start again then. Nothing was changed.");

    private async Task<BsonDocument?> TryTakeAsync(IMongoCollection<BsonDocument> locks, RunMark mark, CancellationToken cancellationToken) => await locks.FindOneAndUpdateAsync(
        Builders<BsonDocument>.Filter.Eq("_id", Id) & (Builders<BsonDocument>.Filter.Eq("run", mark.RunId) | StoreClock.Passed<BsonDocument>("expiresAt")),
        StoreClock.Set<BsonDocument>(new BsonDocument
        {
            ["token"] = new BsonDocument("$add", new BsonArray { "$token", 1L }),
            ["run"] = mark.RunId,
            ["who"] = new BsonDocument("$literal", mark.Who),
            ["host"] = new BsonDocument("$literal", $"{Environment.MachineName}, process {Environment.ProcessId}"),
            ["takenAt"] = StoreClock.Now,
            ["expiresAt"] = StoreClock.In(options.LeaseDuration),
        }),
        new FindOneAndUpdateOptions<BsonDocument> { ReturnDocument = ReturnDocument.After },
        cancellationToken);

    private static async Task MakeAsync(IMongoCollection<BsonDocument> locks, CancellationToken cancellationToken)
    {
        try
        {
            await locks.InsertOneAsync(new BsonDocument { ["_id"] = Id, ["token"] = 0L, ["run"] = BsonNull.Value, ["expiresAt"] = new BsonDateTime(0L) }, cancellationToken: cancellationToken);
        }
        catch (MongoWriteException exception) when (exception.WriteError.Category == ServerErrorCategory.DuplicateKey)
        {
            // Somebody else made it at the same moment.
        }
    }

    private static IMongoCollection<BsonDocument> LocksOf(IMongoDatabase database, string records) => database
        .WithWriteConcern(WriteConcern.WMajority.With(journal: true))
        .WithReadPreference(ReadPreference.Primary)
        .GetCollection<BsonDocument>(MigrationNames.LockOf(records));
}
