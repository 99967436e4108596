using Dashboard.MongoArchive;
using Dashboard.Operations.Backups;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>Collections that LocalMongo does not have: copied on a genuine server, refused by name on the other.</summary>
public sealed class SpecialCollectionTests(MongoFixture mongo) : CopyGround(mongo)
{
    [Fact]
    public async Task Copies_a_time_series_bucket_by_bucket_and_lets_it_expire_only_when_finished()
    {
        var options = BsonDocument.Parse("""{"timeseries":{"timeField":"t","metaField":"m","granularity":"seconds","bucketMaxSpanSeconds":3600}}""");
        if (!Mongo.IsGenuine)
        {
            await RefusesAsync("temps", options, "timeseries");
            return;
        }

        await Source.RunCommandAsync<BsonDocument>(new BsonDocument("create", "temps").AddRange(options), cancellationToken: CancellationToken);
        await InsertAsync("temps", Numbered(0, 3000, i => new BsonDocument { { "t", new BsonDateTime(1_790_000_000_000L + (i * 1000)) }, { "m", new BsonDocument("k", i % 3) }, { "v", i * 0.5 } }));
        await RunAsync("""{"createIndexes":"temps","indexes":[{"key":{"m.k":1,"t":-1},"name":"k_t"}]}""");
        await RunAsync("""{"collMod":"temps","expireAfterSeconds":1000000000}""");

        var (archive, dumped) = await DumpAsync();
        var loaded = await LoadAsync(archive, one => "copied_" + one.Collection);

        Assert.Equal(Consistency.Snapshot, dumped.Consistency);
        Assert.Empty(await DifferencesAsync(loaded));
        Assert.Null(Assert.Single(loaded.Expiries).Index);
        await loaded.FinishAsync(CancellationToken);
        Assert.Empty(await DifferencesAsync(loaded, finished: true));
        Assert.Equal(await DocumentsAsync(Source, "temps"), await DocumentsAsync(Target, "copied_temps"));
    }

    [Fact]
    public async Task Copies_a_capped_collection_in_its_order()
    {
        var options = BsonDocument.Parse("""{"capped":true,"size":20971520,"max":5000}""");
        await Source.RunCommandAsync<BsonDocument>(new BsonDocument("create", "events").AddRange(options), cancellationToken: CancellationToken);
        await InsertAsync("users", Numbered(0, 10));
        await InsertAsync("events", Numbered(0, 3000, i => new BsonDocument("text", new string('x', 1500))).OrderBy(one => one["_id"].AsInt32 % 7));

        var (archive, dumped) = await DumpAsync();
        var loaded = await LoadAsync(archive);

        Assert.Empty(await DifferencesAsync(loaded));
        Assert.Equal(await InOrderAsync(Source), await InOrderAsync(Target));
        // A server up to 7.0 cannot read a capped collection at a moment; whatever it can, the level says the truth.
        Assert.Equal(dumped.Consistency == Consistency.Snapshot, !Said.Any(line => line.Contains("moment", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Copies_clustered_and_collated_collections()
    {
        var clustered = BsonDocument.Parse("""{"clusteredIndex":{"v":2,"key":{"_id":1},"name":"clustered","unique":true},"expireAfterSeconds":{"$numberLong":"1000000000"}}""");
        var collated = BsonDocument.Parse("""{"collation":{"locale":"en","strength":2}}""");
        if (!Mongo.IsGenuine)
        {
            await RefusesAsync("collated", collated, "collation");
            return;
        }

        await Source.RunCommandAsync<BsonDocument>(new BsonDocument("create", "clustered").AddRange(clustered), cancellationToken: CancellationToken);
        await Source.RunCommandAsync<BsonDocument>(new BsonDocument("create", "collated").AddRange(collated), cancellationToken: CancellationToken);
        await InsertAsync("clustered", Numbered(0, 100));
        await InsertAsync("collated", Numbered(0, 100));
        await RunAsync("""{"createIndexes":"collated","indexes":[{"key":{"a":1},"name":"theirs"},{"key":{"b":1},"name":"simple","collation":{"locale":"simple"}}]}""");
        await RunAsync("""{"create":"images","changeStreamPreAndPostImages":{"enabled":true}}""");

        var (archive, _) = await DumpAsync();
        var loaded = await LoadAsync(archive);

        Assert.Empty(await DifferencesAsync(loaded));
        await loaded.FinishAsync(CancellationToken);
        Assert.Empty(await DifferencesAsync(loaded, finished: true));
    }

    [Fact]
    public async Task Keeps_a_zero_timestamp()
    {
        var zero = new ArchiveNamespace { Database = "any", Collection = "stamps" };
        var loaded = await LoadAsync(await WriteAsync(zero, new BsonDocument { { "_id", 1 }, { "at", new BsonTimestamp(0, 0) } }));

        Assert.Empty(await DifferencesAsync(loaded));
        Assert.Equal(new BsonTimestamp(0, 0), Assert.Single(await DocumentsAsync(Target, "stamps"))["at"]);
    }

    private async Task RefusesAsync(string collection, BsonDocument options, string named)
    {
        var archive = await WriteAsync(new ArchiveNamespace { Database = "any", Collection = collection, Options = options }, new BsonDocument("_id", 1));

        var failure = await Assert.ThrowsAsync<CopyException>(() => LoadAsync(archive));

        Assert.Equal($"any.{collection}", failure.Namespace);
        Assert.Contains($"the server cannot make the collection with its options ({named})", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<BsonValue>> InOrderAsync(IMongoDatabase database)
    {
        var documents = await database.GetCollection<BsonDocument>("events").Find(FilterDefinition<BsonDocument>.Empty).ToListAsync(CancellationToken);
        return [.. documents.Select(one => one["_id"])];
    }

    private static async Task<byte[]> WriteAsync(ArchiveNamespace announced, BsonDocument document)
    {
        using var archive = new MemoryStream();
        await using var writer = await ArchiveWriter.CreateAsync(archive, new ArchiveHeader(1, "7.0.0", "test"), [announced], leaveOpen: true, CancellationToken);
        var collection = writer.BeginNamespace(announced.Database, announced.Collection);
        await collection.WriteAsync(document.ToBson(), CancellationToken);
        await collection.CompleteAsync(CancellationToken);
        await writer.CompleteAsync(CancellationToken);
        return archive.ToArray();
    }
}
