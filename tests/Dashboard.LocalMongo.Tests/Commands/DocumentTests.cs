using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Commands;

public sealed class DocumentTests(MongoFixture mongo)
{
    [Fact]
    public async Task Writes_finds_changes_and_deletes_documents()
    {
        await using var database = mongo.NewDatabase("documents");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");

        await collection.InsertManyAsync(Enumerable.Range(0, 1000).Select(i => new BsonDocument { { "_id", i }, { "even", i % 2 == 0 } }), cancellationToken: token);
        var changed = await collection.UpdateManyAsync("{ even: true }", "{ $inc: { n: 5 }, $push: { list: 'x' } }", cancellationToken: token);
        var deleted = await collection.DeleteManyAsync("{ _id: { $gte: 900 } }", token);
        var replaced = await collection.FindOneAndReplaceAsync<BsonDocument>("{ _id: 1 }", new BsonDocument("name", "one"), new() { ReturnDocument = ReturnDocument.After }, token);

        Assert.Equal((500, 500), (changed.MatchedCount, changed.ModifiedCount));
        Assert.Equal(100, deleted.DeletedCount);
        Assert.Equal(new BsonDocument { { "_id", 1 }, { "name", "one" } }, replaced);
        Assert.Equal(900, await collection.CountDocumentsAsync("{}", cancellationToken: token));
        Assert.Equal(450, await collection.CountDocumentsAsync("{ n: 5, list: 'x' }", cancellationToken: token));
        Assert.Equal([2, 4, 6], (await collection.Find("{ even: true, _id: { $gt: 0 } }").Sort("{ _id: 1 }").Limit(3).ToListAsync(token)).Select(d => d["_id"].AsInt32));
        Assert.Equal([false, true], (await collection.DistinctAsync<bool>("even", "{ _id: { $gt: 1 } }", cancellationToken: token)).ToEnumerable(token).Order());
    }

    [Fact]
    public async Task Counts_without_a_query_see_the_last_write()
    {
        await using var database = mongo.NewDatabase("documents");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");

        for (var i = 1; i <= 20; i++)
        {
            await collection.InsertOneAsync(new BsonDocument("_id", i), cancellationToken: token);
            var reply = await database.Database.RunCommandAsync<BsonDocument>("{ count: 'c' }", cancellationToken: token);
            Assert.Equal(i, reply["n"].ToInt32());
        }
    }

    [Fact]
    public async Task Keeps_every_type_byte_for_byte()
    {
        await using var database = mongo.NewDatabase("documents");
        var token = TestContext.Current.CancellationToken;
        var document = new BsonDocument
        {
            { "_id", ObjectId.GenerateNewId() },
            { "double", 1.5 }, { "nan", double.NaN }, { "negativeZero", -0.0 }, { "infinity", double.NegativeInfinity },
            { "string", "nul\0inside, Grüße, 龍, \U0001F409" }, { "empty", "" },
            { "document", new BsonDocument { { "b", 1 }, { "a", new BsonDocument() } } }, { "array", new BsonArray { 1, "two", new BsonArray(), BsonNull.Value } },
            { "generic", new BsonBinaryData([1, 2, 0, 255]) }, { "uuid", new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard) },
            { "user", new BsonBinaryData([], BsonBinarySubType.UserDefined) },
            { "true", true }, { "false", false },
            { "date", new BsonDateTime(DateTimeOffset.UnixEpoch.AddMilliseconds(1795478289247).UtcDateTime) }, { "old", new BsonDateTime(DateTime.MinValue.AddDays(1)) },
            { "null", BsonNull.Value }, { "undefined", BsonUndefined.Value },
            { "regex", new BsonRegularExpression("^a.*b$", "im") }, { "code", new BsonJavaScript("return 1") },
            { "scoped", new BsonJavaScriptWithScope("return x", new BsonDocument("x", 1)) }, { "symbol", BsonSymbol.Create("s") },
            { "int", int.MinValue }, { "long", long.MaxValue }, { "timestamp", new BsonTimestamp(1795478289, 7) },
            { "decimal", new BsonDecimal128(Decimal128.Parse("1234567890.1234567890123456789012")) }, { "decimalNaN", new BsonDecimal128(Decimal128.QNaN) },
            { "min", BsonMinKey.Value }, { "max", BsonMaxKey.Value }, { "dotted key", 1 },
        };

        var collection = database.Database.GetCollection<RawBsonDocument>("c");
        await collection.InsertOneAsync(new RawBsonDocument(document.ToBson()), cancellationToken: token);
        using var found = await collection.Find("{}").SingleAsync(token);

        Assert.Equal(document.ToBson(), found.ToBson());
    }

    [Fact]
    public async Task Stores_documents_of_almost_sixteen_megabytes()
    {
        await using var database = mongo.NewDatabase("documents");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        for (var i = 0; i < 3; i++) await collection.InsertOneAsync(new BsonDocument { { "_id", i }, { "data", new byte[16_000_000] } }, cancellationToken: token);

        var sizes = (await collection.Find("{}").Sort("{ _id: 1 }").ToListAsync(token)).Select(d => d["data"].AsByteArray.Length);
        var one = await collection.FindOneAndUpdateAsync<BsonDocument>("{ _id: 2 }", "{ $set: { x: 1 } }", new() { ReturnDocument = ReturnDocument.After }, token);

        Assert.Equal([16_000_000, 16_000_000, 16_000_000], sizes);
        Assert.Equal(16_000_000, one["data"].AsByteArray.Length);
    }

    [Fact]
    public async Task Refuses_a_document_over_sixteen_megabytes()
    {
        await using var database = mongo.NewDatabase("documents");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "a", new byte[9_000_000] } }, cancellationToken: token);

        var grown = Builders<BsonDocument>.Update.Set("b", new byte[9_000_000]);

        await Assert.ThrowsAnyAsync<MongoException>(() => collection.UpdateOneAsync("{ _id: 1 }", grown, cancellationToken: token));
        Assert.False((await collection.Find("{}").SingleAsync(token)).Contains("b"));
    }

    [Fact]
    public async Task Upserts_of_one_key_at_once_leave_one_document_with_every_acknowledged_change()
    {
        await using var database = mongo.NewDatabase("documents");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ name: 1 }", new CreateIndexOptions { Unique = true }), cancellationToken: token);

        var acknowledged = 0;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(async () =>
        {
            try
            {
                await collection.UpdateOneAsync("{ name: 'a' }", "{ $inc: { n: 1 } }", new UpdateOptions { IsUpsert = true }, token);
                Interlocked.Increment(ref acknowledged);
            }
            catch (MongoWriteException e) when (e.WriteError.Category == ServerErrorCategory.DuplicateKey)
            {
                // MongoDB, too, lets the loser of the race repeat it.
            }
        }, token)));

        var document = await collection.Find("{}").SingleAsync(token);
        Assert.Equal(acknowledged, document["n"].AsInt32);
    }

    [Fact]
    public async Task Increments_of_one_document_at_once_all_count()
    {
        await using var database = mongo.NewDatabase("documents");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "n", 0 } }, cancellationToken: token);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++) await collection.UpdateOneAsync("{ _id: 1 }", "{ $inc: { n: 1 } }", cancellationToken: token);
        }, token)));

        Assert.Equal(200, (await collection.Find("{}").SingleAsync(token))["n"].AsInt32);
    }

    [Fact]
    public async Task Reports_a_write_concern_of_more_servers_than_one_as_not_met()
    {
        await using var database = mongo.NewDatabase("documents");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c").WithWriteConcern(new WriteConcern(3, wTimeout: TimeSpan.FromMilliseconds(100)));

        var error = await Assert.ThrowsAsync<MongoWriteException>(() => collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token));

        Assert.NotNull(error.WriteConcernError);
        Assert.Equal(1, await collection.CountDocumentsAsync("{}", cancellationToken: token));
    }
}
