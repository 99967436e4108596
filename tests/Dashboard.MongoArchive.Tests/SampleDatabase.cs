using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.MongoArchive.Tests;

/// <summary>A database with something of everything that a server can put into an archive, for the tests of one class.</summary>
public sealed class SampleDatabase : IAsyncLifetime
{
    public string Name { get; } = $"archive_{Guid.NewGuid():N}";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var database = TestServer.Client.GetDatabase(Name);
        var characters = database.GetCollection<BsonDocument>("characters");
        await characters.InsertManyAsync(Enumerable.Range(0, 3000).Select(Character), cancellationToken: CancellationToken);
        await characters.InsertOneAsync(new BsonDocument { { "_id", "types" }, { "sub", ArchiveReaderTests.AllTypes() } }, cancellationToken: CancellationToken);
        await CreateIndexAsync("""{"key":{"name":1,"level":-1},"name":"unique","unique":true}""");
        await CreateIndexAsync("""{"key":{"seen":1},"name":"ttl","expireAfterSeconds":1000000000}""");
        await CreateIndexAsync("""{"key":{"level":1},"name":"partial","partialFilterExpression":{"level":{"$gt":5}}}""");
        await CreateIndexAsync("""{"key":{"backstory":"text"},"name":"text","default_language":"english"}""", optional: true);
        await CreateIndexAsync("""{"key":{"name":1},"name":"collated","collation":{"locale":"de","strength":2}}""", optional: true);
        await database.CreateCollectionAsync("empty", cancellationToken: CancellationToken);
        await database.GetCollection<BsonDocument>("übung.a b").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: CancellationToken);
        var large = database.GetCollection<BsonDocument>("large");
        await large.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "data", new byte[(16 * 1024 * 1024) - 100] } }, cancellationToken: CancellationToken);
        await database.CreateViewAsync<BsonDocument, BsonDocument>(
            "heroes", "characters", new[] { new BsonDocument("$match", new BsonDocument("level", new BsonDocument("$gt", 10))) }, cancellationToken: CancellationToken);
    }

    public async ValueTask DisposeAsync() => await TestServer.Client.DropDatabaseAsync(Name);

    private static BsonDocument Character(int i) => new()
    {
        { "_id", i }, { "name", $"Held Nr. {i} 🐉" }, { "level", i % 20 }, { "gold", i * 1.5 },
        { "seen", new BsonDateTime(1_790_000_000_000L + i) }, { "backstory", $"born in village {i} under a silver moon" },
    };

    private async Task CreateIndexAsync(string index, bool optional = false)
    {
        var command = new BsonDocument { { "createIndexes", "characters" }, { "indexes", new BsonArray { BsonDocument.Parse(index) } } };
        try
        {
            await TestServer.Client.GetDatabase(Name).RunCommandAsync<BsonDocument>(command, cancellationToken: CancellationToken);
        }
        catch (MongoCommandException) when (optional)
        {
            // LocalMongo's engine has neither collations nor every kind of text index; the genuine server has both.
        }
    }
}
