using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Commands;

public sealed class BulkWriteTests(MongoFixture mongo)
{
    private static readonly WriteModel<BsonDocument>[] WithOneDuplicate =
    [
        new InsertOneModel<BsonDocument>(new BsonDocument("_id", 1)),
        new InsertOneModel<BsonDocument>(new BsonDocument("_id", 1)),
        new InsertOneModel<BsonDocument>(new BsonDocument("_id", 2)),
    ];

    [Fact]
    public async Task Ordered_stops_at_the_first_error()
    {
        await using var database = mongo.NewDatabase("bulk");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");

        var error = await Assert.ThrowsAsync<MongoBulkWriteException<BsonDocument>>(() => collection.BulkWriteAsync(WithOneDuplicate, cancellationToken: token));

        var writeError = Assert.Single(error.WriteErrors);
        Assert.Equal((1, 11000, ServerErrorCategory.DuplicateKey), (writeError.Index, writeError.Code, writeError.Category));
        Assert.Equal(1, error.Result.InsertedCount);
        Assert.Equal(1, await collection.CountDocumentsAsync("{}", cancellationToken: token));
    }

    [Fact]
    public async Task Unordered_does_all_it_can()
    {
        await using var database = mongo.NewDatabase("bulk");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");

        var error = await Assert.ThrowsAsync<MongoBulkWriteException<BsonDocument>>(
            () => collection.BulkWriteAsync(WithOneDuplicate, new BulkWriteOptions { IsOrdered = false }, token));

        Assert.Equal(1, Assert.Single(error.WriteErrors).Index);
        Assert.Equal(2, error.Result.InsertedCount);
        Assert.Equal(2, await collection.CountDocumentsAsync("{}", cancellationToken: token));
    }

    [Fact]
    public async Task Mixes_kinds_and_reports_upserted_ids()
    {
        await using var database = mongo.NewDatabase("bulk");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.InsertManyAsync([new("_id", 1), new("_id", 2), new("_id", 3)], cancellationToken: token);

        var result = await collection.BulkWriteAsync(
        [
            new UpdateOneModel<BsonDocument>("{ _id: 1 }", "{ $set: { a: 1 } }"),
            new UpdateManyModel<BsonDocument>("{ _id: { $gt: 1 } }", "{ $set: { b: 1 } }"),
            new UpdateOneModel<BsonDocument>("{ _id: 9 }", "{ $set: { c: 1 } }") { IsUpsert = true },
            new ReplaceOneModel<BsonDocument>("{ _id: 2 }", new BsonDocument("d", 1)),
            new DeleteOneModel<BsonDocument>("{ _id: 3 }"),
            new DeleteManyModel<BsonDocument>("{ _id: { $gt: 100 } }"),
        ], cancellationToken: token);

        Assert.Equal((4L, 4L, 1L), (result.MatchedCount, result.ModifiedCount, result.DeletedCount));
        Assert.Equal(9, Assert.Single(result.Upserts).Id);
        Assert.Equal("[{ \"_id\" : 1, \"a\" : 1 }, { \"_id\" : 2, \"d\" : 1 }, { \"_id\" : 9, \"c\" : 1 }]",
            new BsonArray(await collection.Find("{}").Sort("{ _id: 1 }").ToListAsync(token)).ToString());
    }

    [Fact]
    public async Task Every_delete_of_one_batch_takes_place()
    {
        await using var database = mongo.NewDatabase("bulk");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.InsertManyAsync(Enumerable.Range(0, 10).Select(i => new BsonDocument("_id", i)), cancellationToken: token);

        // Single-document deletes are retryable, so the batch carries a transaction number that only one of them may use up.
        var result = await collection.BulkWriteAsync(Enumerable.Range(0, 8).Select(i => new DeleteOneModel<BsonDocument>($"{{ _id: {i} }}")), cancellationToken: token);

        Assert.Equal(8, result.DeletedCount);
        Assert.Equal(2, await collection.CountDocumentsAsync("{}", cancellationToken: token));
    }

    [Fact]
    public async Task Takes_more_statements_than_one_batch_holds()
    {
        await using var database = mongo.NewDatabase("bulk");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");

        var inserted = await collection.BulkWriteAsync(
            Enumerable.Range(0, 60_000).Select(i => new InsertOneModel<BsonDocument>(new BsonDocument("_id", i))), new BulkWriteOptions { IsOrdered = false }, token);

        Assert.Equal(60_000, inserted.InsertedCount);
        Assert.Equal(60_000, await collection.CountDocumentsAsync("{}", cancellationToken: token));
    }

    [Fact]
    public async Task Messages_sent_behind_each_other_are_done_in_order()
    {
        await using var database = mongo.NewDatabase("bulk");
        var token = TestContext.Current.CancellationToken;
        await database.Documents("c").InsertOneAsync(new BsonDocument("_id", 0), cancellationToken: token);
        using var client = await WireCommand.ConnectAsync(mongo.ConnectionString, token);
        var unacknowledged = Enumerable.Range(1, 20).Select(i => WireCommand.Message(
            database.Name, new BsonDocument { { "insert", "c" }, { "documents", new BsonArray { new BsonDocument("_id", i) } }, { "writeConcern", new BsonDocument("w", 0) } }, isOneWay: true));
        var count = WireCommand.Message(database.Name, BsonDocument.Parse("{ count: 'c', query: { _id: { $gte: 0 } } }"));

        await client.GetStream().WriteAsync((byte[])[.. unacknowledged.SelectMany(m => m), .. count], token);
        var reply = await WireCommand.ReadAsync(client.GetStream(), token);

        Assert.Equal(21, reply["n"].ToInt32());
    }

    [Fact]
    public async Task Unacknowledged_writes_arrive_too()
    {
        await using var database = mongo.NewDatabase("bulk");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.InsertOneAsync(new BsonDocument("_id", 0), cancellationToken: token);

        await collection.WithWriteConcern(WriteConcern.Unacknowledged).InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token);

        await Eventually.TrueAsync(async () => await collection.CountDocumentsAsync("{}", cancellationToken: token) == 2, "the second document");
    }
}
