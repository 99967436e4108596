using Dashboard.Operations.Backups;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Databases;

/// <summary>Drops and builds one index after the other by their record; every step may be repeated, by anybody, after a kill anywhere.</summary>
public sealed class IndexRebuilder(DashboardDatabase dashboard)
{
    private readonly IMongoCollection<IndexRebuild> _records = dashboard.IndexRebuilds;

    internal async Task InsertAsync(IndexRebuild record, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.RebuildStores, record.Id);
        await _records.InsertOneAsync(record, cancellationToken: cancellationToken);
        await Failpoints.HitAsync(Failpoints.RebuildStored, record.Id);
    }

    internal async Task<IndexRebuild?> FindAsync(string runId, CancellationToken cancellationToken) =>
        await _records.Find(record => record.Id == runId).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Those that stopped in the middle, oldest first.</summary>
    internal async Task<IReadOnlyList<IndexRebuild>> UnfinishedAsync(string environment, string database, CancellationToken cancellationToken) =>
        await _records.Find(record => record.Environment == environment && record.Database == database && !record.IsDone).SortBy(record => record.Id).ToListAsync(cancellationToken);

    internal Task MarkDoneAsync(string runId, CancellationToken cancellationToken) =>
        _records.UpdateOneAsync(record => record.Id == runId, Builders<IndexRebuild>.Update.Set(record => record.IsDone, value: true), cancellationToken: cancellationToken);

    /// <summary>Drops the index and builds it again; a stand-in serves queries, and keeps a unique one's promise, between the two.</summary>
    internal static async Task RebuildAsync(IMongoDatabase database, RebuiltIndex index, Func<CancellationToken, Task> confirm, CancellationToken cancellationToken)
    {
        if (index.StandIn is { } name && StandIn.Of(index.Document, name) is { } standIn)
            await MakeAsync(database, index.Collection, standIn, cancellationToken);
        await confirm(cancellationToken);
        await DropAsync(database, index.Collection, index.Name, cancellationToken);
        await FinishAsync(database, index, cancellationToken);
    }

    /// <summary>Builds the index when it is not there, and drops its stand-in.</summary>
    /// <returns>True when it was missing.</returns>
    internal static async Task<bool> FinishAsync(IMongoDatabase database, RebuiltIndex index, CancellationToken cancellationToken)
    {
        if (StandIn.Is(index.Name))
        {
            // Chosen as if it were an index by a version before this one: it belongs to an earlier record, which is finished before this.
            await DropAsync(database, index.Collection, index.Name, cancellationToken);
            if (index.StandIn is { } its)
                await DropAsync(database, index.Collection, its, cancellationToken);
            return false;
        }

        var isMissing = await IndexCatalog.FindAsync(database, index.Collection, index.Name, cancellationToken) is null;
        if (isMissing)
            await MakeAsync(database, index.Collection, index.Document, cancellationToken);
        if (index.StandIn is { } standIn && await IndexCatalog.FindAsync(database, index.Collection, standIn, cancellationToken) is not null)
            await DropAsync(database, index.Collection, standIn, cancellationToken);
        return isMissing;
    }

    /// <summary>Null when the index is what it was.</summary>
    internal static async Task<string?> DifferenceAsync(IMongoDatabase database, RebuiltIndex index, CancellationToken cancellationToken)
    {
        if (await IndexCatalog.FindAsync(database, index.Collection, index.Name, cancellationToken) is not { } now)
            return $"{index.FullName} is not there";
        var (was, @is) = (IndexDefinition.Comparable(index.Document, withExpiry: true), IndexDefinition.Comparable(now, withExpiry: true));
        return was == @is ? null : $"{index.FullName} is {@is.ToJson()} and was {was.ToJson()}";
    }

    private static async Task MakeAsync(IMongoDatabase database, string collection, BsonDocument definition, CancellationToken cancellationToken)
    {
        var name = $"{collection}.{definition["name"]}";
        await Failpoints.HitAsync(Failpoints.IndexMakes, name);
        var command = new BsonDocument { ["createIndexes"] = collection, ["indexes"] = new BsonArray { definition } };
        await database.RunCommandAsync<BsonDocument>(command, cancellationToken: cancellationToken);
        await Failpoints.HitAsync(Failpoints.IndexMade, name);
    }

    private static async Task DropAsync(IMongoDatabase database, string collection, string index, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.IndexDrops, $"{collection}.{index}");
        try
        {
            await database.GetCollection<BsonDocument>(collection).Indexes.DropOneAsync(index, cancellationToken);
        }
        catch (MongoCommandException exception) when (exception.CodeName is "IndexNotFound" or "NamespaceNotFound")
        {
            // Dropped already, before a kill.
        }

        await Failpoints.HitAsync(Failpoints.IndexDropped, $"{collection}.{index}");
    }
}
