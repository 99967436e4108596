using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Migrations;

/// <summary>
/// The records in the application's own database. A record says what is under way before it is; every change of one names the run that made it, so
/// that a process that was given up meanwhile is refused. Nothing is made, not even an index, before the first real write.
/// </summary>
internal sealed class MigrationRecords(IMongoDatabase database, string name)
{
    private static readonly string[] OwnClock = ["executedAt", "startedAt", "endedAt"];

    private readonly IMongoCollection<BsonDocument> _records = Safe(database).GetCollection<BsonDocument>(name);
    private readonly IMongoCollection<BsonDocument> _history = Safe(database).GetCollection<BsonDocument>(MigrationNames.HistoryOf(name));

    public IMongoDatabase Database => database;

    public string Name => name;

    /// <summary>All records. A failure to read is the driver's exception, never an empty list.</summary>
    public async Task<IReadOnlyList<MigrationRecord>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await _records.Find(FilterDefinition<BsonDocument>.Empty).ToListAsync(cancellationToken)).Select(MigrationRecord.Of)];

    /// <summary>What was taken back and not executed since, the newest of each version.</summary>
    public async Task<IReadOnlyList<MigrationRecord>> RolledBackAsync(CancellationToken cancellationToken) =>
    [
        .. (await _history.Find(Builders<BsonDocument>.Filter.Eq("state", MigrationRecord.RolledBack)).Sort(Builders<BsonDocument>.Sort.Descending("endedAt")).ToListAsync(cancellationToken))
            .Select(MigrationRecord.Of)
            .DistinctBy(record => record.Number),
    ];

    /// <summary>The team's own runner makes the same index when it first migrates.</summary>
    /// <exception cref="MigrationException">Two records have one version.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _records.Indexes.CreateOneAsync(
                new CreateIndexModel<BsonDocument>(Builders<BsonDocument>.IndexKeys.Ascending("version"), new CreateIndexOptions { Unique = true }), cancellationToken: cancellationToken);
        }
        catch (MongoCommandException exception) when (exception.Code is 11000 or 85 or 86)
        {
            throw new MigrationException($"The collection '{name}' cannot have its unique index on version: {exception.Message.TrimEnd('.')}. Remove the record that is there twice, then start again.", exception);
        }
    }

    /// <summary>Announces what is about to be done; the record as it then stands.</summary>
    /// <param name="known">The record that there is already: of one that failed, or of one that is to be taken back.</param>
    /// <exception cref="MigrationException">Somebody else has recorded it at this moment.</exception>
    public async Task<MigrationRecord> BeginAsync(MigrationFile file, string direction, int done, MigrationRecord? known, RunMark mark, long sequence, CancellationToken cancellationToken)
    {
        var fields = new BsonDocument
        {
            ["state"] = MigrationRecord.Running,
            ["direction"] = direction,
            ["done"] = done,
            ["commands"] = (direction == MigrationRecord.Up ? file.Up : file.Down).Count,
            ["who"] = mark.Who,
            ["run"] = mark.RunId,
            ["startedAt"] = StoreClock.Now,
            ["error"] = BsonNull.Value,
        };
        if (direction == MigrationRecord.Up)
        {
            fields["description"] = file.Description;
            fields["filename"] = file.Filename;
            fields["rollbackAvailable"] = file.HasDown;
            fields["sequence"] = sequence;
            fields["checksum"] = file.Checksum;
            fields["release"] = mark.Release is null ? BsonNull.Value : mark.Release;
        }

        await Failpoints.HitAsync(Failpoints.MigrationStores, file.Version);
        var id = known?.Id ?? await InsertAsync(file.Version, mark.RunId, cancellationToken);
        var filter = Builders<BsonDocument>.Filter.Eq("_id", id) & (known is null
            ? Builders<BsonDocument>.Filter.Eq("run", mark.RunId)
            : Builders<BsonDocument>.Filter.Ne("state", MigrationRecord.Running));
        var after = await _records.FindOneAndUpdateAsync(
            filter, Update(fields), new FindOneAndUpdateOptions<BsonDocument> { ReturnDocument = ReturnDocument.After }, cancellationToken);
        await Failpoints.HitAsync(Failpoints.MigrationStored, file.Version);
        return after is null ? throw Taken(file.Version) : MigrationRecord.Of(after);
    }

    /// <summary>So many commands were carried out.</summary>
    /// <exception cref="LeaseLostException">The run was given up meanwhile.</exception>
    public async Task ProgressAsync(MigrationRecord record, int done, CancellationToken cancellationToken)
    {
        if (await SetAsync(record, new BsonDocument("done", done), cancellationToken) is null)
            throw Lost(record);
    }

    /// <param name="took">Null when nobody measured it.</param>
    /// <exception cref="LeaseLostException">The run was given up meanwhile.</exception>
    public async Task ExecutedAsync(MigrationRecord record, TimeSpan? took, CancellationToken cancellationToken)
    {
        var fields = new BsonDocument { ["state"] = MigrationRecord.Executed, ["executedAt"] = StoreClock.Now, ["error"] = BsonNull.Value };
        if (took is { } measured)
            fields["executionTime"] = (long)measured.TotalMilliseconds;
        await Failpoints.HitAsync(Failpoints.MigrationStores, record.Version);
        var after = await SetAsync(record, fields, cancellationToken) ?? throw Lost(record);
        await Failpoints.HitAsync(Failpoints.MigrationStored, record.Version);
        await RememberAsync(after, MigrationRecord.Executed, cancellationToken);
    }

    /// <summary>False when the record is no longer this run's: then it stays as it is.</summary>
    public async Task<bool> FailedAsync(MigrationRecord record, string error, CancellationToken cancellationToken)
    {
        if (await SetAsync(record, new BsonDocument { ["state"] = MigrationRecord.Failed, ["error"] = error }, cancellationToken) is not { } after)
            return false;
        await RememberAsync(after, MigrationRecord.Failed, cancellationToken);
        return true;
    }

    /// <summary>As the team's runner does it, the record goes; what it said stays in the history.</summary>
    /// <exception cref="LeaseLostException">The run was given up meanwhile.</exception>
    public async Task RolledBackAsync(MigrationRecord record, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.MigrationStores, record.Version);
        var now = await _records.Find(OfRun(record)).FirstOrDefaultAsync(cancellationToken) ?? throw Lost(record);
        await RememberAsync(now, MigrationRecord.RolledBack, cancellationToken);
        if ((await _records.DeleteOneAsync(OfRun(record), cancellationToken)).DeletedCount != 1)
            throw Lost(record);
        await Failpoints.HitAsync(Failpoints.MigrationStored, record.Version);
    }

    /// <summary>Adds what the team's own runner does not write; a record that has it stays as it is.</summary>
    public Task AdoptAsync(MigrationRecord record, RunMark mark, long sequence, string? checksum, CancellationToken cancellationToken) => _records.UpdateOneAsync(
        Builders<BsonDocument>.Filter.Eq("_id", record.Id) & Builders<BsonDocument>.Filter.Exists("run", exists: false),
        Builders<BsonDocument>.Update
            .Set("state", MigrationRecord.Executed)
            .Set("sequence", sequence)
            .Set("who", mark.Who)
            .Set("run", mark.RunId)
            .Set("release", mark.Release is null ? BsonNull.Value : (BsonValue)mark.Release)
            .Set("checksum", checksum is null ? BsonNull.Value : (BsonValue)checksum),
        cancellationToken: cancellationToken);

    /// <summary>The number of the next execution: above all that ever were, also of those that were taken back.</summary>
    public async Task<long> NextSequenceAsync(CancellationToken cancellationToken)
    {
        var highest = 0L;
        foreach (var collection in new[] { _records, _history })
        {
            var newest = await collection.Find(Builders<BsonDocument>.Filter.Gt("sequence", 0L)).Sort(Builders<BsonDocument>.Sort.Descending("sequence")).FirstOrDefaultAsync(cancellationToken);
            highest = Math.Max(highest, newest is null ? 0 : MigrationRecord.Of(newest).Sequence ?? 0);
        }

        return highest + 1;
    }

    private async Task<BsonValue> InsertAsync(string version, string runId, CancellationToken cancellationToken)
    {
        var document = new BsonDocument { ["_id"] = ObjectId.GenerateNewId(), ["version"] = version, ["state"] = MigrationRecord.Running, ["run"] = runId };
        try
        {
            await _records.InsertOneAsync(document, cancellationToken: cancellationToken);
            return document["_id"];
        }
        catch (MongoWriteException exception) when (exception.WriteError.Category == ServerErrorCategory.DuplicateKey)
        {
            throw Taken(version, exception);
        }
    }

    /// <summary>One entry for each end of each attempt; a second try of the same replaces the first.</summary>
    private async Task RememberAsync(BsonDocument record, string state, CancellationToken cancellationToken)
    {
        var entry = (BsonDocument)record.DeepClone();
        entry["_id"] = $"{record.GetValue("run", "?")}/{record.GetValue("version", "?")}/{state}";
        entry["state"] = state;
        var id = entry["_id"];
        entry.Remove("_id");
        entry["endedAt"] = StoreClock.Now;
        await _history.UpdateOneAsync(Builders<BsonDocument>.Filter.Eq("_id", id), Update(entry), new UpdateOptions { IsUpsert = true }, cancellationToken);
    }

    private async Task<BsonDocument?> SetAsync(MigrationRecord record, BsonDocument fields, CancellationToken cancellationToken) => await _records.FindOneAndUpdateAsync(
        OfRun(record), Update(fields), new FindOneAndUpdateOptions<BsonDocument> { ReturnDocument = ReturnDocument.After }, cancellationToken);

    private static FilterDefinition<BsonDocument> OfRun(MigrationRecord record) => Builders<BsonDocument>.Filter.Eq("_id", record.Id)
        & Builders<BsonDocument>.Filter.Eq("state", MigrationRecord.Running)
        & Builders<BsonDocument>.Filter.Eq("run", record.RunId);

    /// <summary>Only the fields of the clock are expressions; everything else may be text of a person.</summary>
    private static UpdateDefinition<BsonDocument> Update(BsonDocument fields) => StoreClock.Set<BsonDocument>(new BsonDocument(fields.Elements.Select(
        field => OwnClock.Contains(field.Name, StringComparer.Ordinal) && field.Value == StoreClock.Now ? field : new BsonElement(field.Name, new BsonDocument("$literal", field.Value)))));

    private static MigrationException Taken(string version, Exception? inner = null) =>
        new($"Somebody else has recorded migration {version} at this moment; look at the migrations' status before you start again.", inner);

    private static LeaseLostException Lost(MigrationRecord record) => new($"Migration {record.Version} was given up by somebody else while this process was away.");

    /// <summary>A client's defaults lose acknowledged writes at a failover.</summary>
    private static IMongoDatabase Safe(IMongoDatabase database) => database.WithWriteConcern(WriteConcern.WMajority.With(journal: true)).WithReadPreference(ReadPreference.Primary);
}

/// <summary>Who does it, for which run and which release.</summary>
internal sealed record RunMark(string RunId, string Who, string? Release);
