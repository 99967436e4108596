using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests;

public sealed class MongoToolsTests(MongoFixture mongo)
{
    [Fact]
    public async Task A_dump_restored_beside_is_the_same_database()
    {
        var token = TestContext.Current.CancellationToken;
        await using var from = mongo.NewDatabase("tools");
        await using var to = mongo.NewDatabase("tools");
        await FillAsync(from, token);
        var directory = Directory.CreateTempSubdirectory("mongo-tools");
        var archive = Path.Combine(directory.FullName, "dump.gz");
        try
        {
            await MongoTools.RunAsync(await MongoTools.DumpAsync(token), [$"--uri={mongo.ConnectionString}", $"--db={from.Name}", $"--archive={archive}", "--gzip"], token);
            string[] restore = [$"--uri={mongo.ConnectionString}", $"--archive={archive}", "--gzip", "--drop", $"--nsFrom={from.Name}.*", $"--nsTo={to.Name}.*"];
            await MongoTools.RunAsync(await MongoTools.RestoreAsync(token), restore, token);
            await MongoTools.RunAsync(await MongoTools.RestoreAsync(token), restore, token);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        foreach (var name in (string[])["plain", "big"])
        {
            Assert.Equal(await RawAsync(from, name, token), await RawAsync(to, name, token), StringComparer.Ordinal);
            Assert.Equal(await IndexesAsync(from, name, token), await IndexesAsync(to, name, token));
        }

        Assert.Equal(10, await to.Documents("view").CountDocumentsAsync("{}", cancellationToken: token));
    }

    private static async Task FillAsync(TestDatabase database, CancellationToken token)
    {
        await database.Database.RunCommandAsync<BsonDocument>("{ create: 'plain', validator: { n: { $gte: 0 } } }", cancellationToken: token);
        await database.Documents("plain").InsertManyAsync(Enumerable.Range(0, 2500).Select(i => new BsonDocument
        {
            { "_id", i }, { "n", (long)i }, { "price", new BsonDecimal128(i) }, { "tags", new BsonArray { "a", i } }, { "at", new BsonDateTime(4_102_444_800_000L + i) },
        }), cancellationToken: token);
        await database.Documents("plain").Indexes.CreateManyAsync(
        [
            new CreateIndexModel<BsonDocument>("{ n: 1 }", new CreateIndexOptions { Unique = true }),
            new CreateIndexModel<BsonDocument>("{ at: 1 }", new CreateIndexOptions { ExpireAfter = TimeSpan.FromDays(100) }),
            new CreateIndexModel<BsonDocument>("{ tags: 1, n: -1 }", new CreateIndexOptions<BsonDocument> { PartialFilterExpression = "{ n: { $gt: 100 } }" }),
        ], token);
        await database.Documents("big").InsertManyAsync(Enumerable.Range(0, 20).Select(i => new BsonDocument { { "_id", i }, { "data", new byte[1_000_000] } }), cancellationToken: token);
        await database.Database.RunCommandAsync<BsonDocument>("{ create: 'view', viewOn: 'plain', pipeline: [{ $match: { n: { $lt: 10 } } }] }", cancellationToken: token);
    }

    private static async Task<IEnumerable<string>> RawAsync(TestDatabase database, string name, CancellationToken token) =>
        (await database.Documents(name).Find("{}").Sort("{ _id: 1 }").ToListAsync(token)).Select(d => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(d.ToBson())));

    private static async Task<IEnumerable<BsonDocument>> IndexesAsync(TestDatabase database, string name, CancellationToken token)
    {
        var indexes = await (await database.Documents(name).Indexes.ListAsync(token)).ToListAsync(token);
        foreach (var index in indexes) index.Remove("ns");
        return indexes.OrderBy(i => i["name"].AsString, StringComparer.Ordinal);
    }
}
