using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Commands;

public sealed class CursorTests(MongoFixture mongo)
{
    [Theory]
    [InlineData(7)]
    [InlineData(101)]
    [InlineData(20_000)]
    public async Task Reads_every_document_once_whatever_the_batch(int batch)
    {
        await using var database = mongo.NewDatabase("cursor");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.InsertManyAsync(Enumerable.Range(0, 3000).Select(i => new BsonDocument { { "_id", i }, { "text", new string('x', 1000) } }), cancellationToken: token);

        var plain = await collection.Find("{}", new FindOptions { BatchSize = batch }).ToListAsync(token);
        var sorted = await collection.Find("{}", new FindOptions { BatchSize = batch }).Sort("{ _id: -1 }").ToListAsync(token);
        var grouped = await (await collection.AggregateAsync<BsonDocument>(
            (BsonDocument[])[new("$group", new BsonDocument("_id", "$_id")), new("$sort", new BsonDocument("_id", 1))], new AggregateOptions { BatchSize = batch }, token)).ToListAsync(token);

        Assert.Equal(Enumerable.Range(0, 3000), plain.Select(d => d["_id"].AsInt32).Order());
        Assert.Equal(Enumerable.Range(0, 3000).Reverse(), sorted.Select(d => d["_id"].AsInt32));
        Assert.Equal(Enumerable.Range(0, 3000), grouped.Select(d => d["_id"].AsInt32));
    }

    [Theory]
    [InlineData("find: 'c'")]
    [InlineData("find: 'c', filter: { group: 0 }")]
    [InlineData("find: 'c', filter: { group: 0 }, limit: 0, skip: 0")]
    [InlineData("find: 'c', filter: { group: 0 }, sort: { _id: 1 }")]
    [InlineData("find: 'c', filter: { group: 0 }, sort: { group: 1, at: 1 }")]
    [InlineData("find: 'c', filter: { _id: { $gte: 0 } }")]
    [InlineData("find: 'c', hint: { group: 1, at: 1 }")]
    [InlineData("find: 'c', hint: { _id: 1 }")]
    [InlineData("find: 'c', hint: '_id_'")]
    [InlineData("aggregate: 'c', pipeline: []")]
    [InlineData("aggregate: 'c', pipeline: [ { $project: { group: 1 } } ]")]
    [InlineData("aggregate: 'c', pipeline: [ { $match: { group: 0 } }, { $addFields: { more: 1 } } ]")]
    [InlineData("aggregate: 'c', pipeline: [ { $match: { group: 0 } }, { $unwind: '$at' } ]")]
    public async Task Shows_each_document_once_though_all_are_changed_between_its_pages(string read)
    {
        await using var database = mongo.NewDatabase("cursor");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ group: 1, at: 1 }"), cancellationToken: token);
        await collection.InsertManyAsync(Enumerable.Range(0, 500).Select(i => new BsonDocument { { "_id", i }, { "group", 0 }, { "at", 500 - i } }), cancellationToken: token);

        // A cursor belongs to the session that opened it.
        using var session = await database.Database.Client.StartSessionAsync(cancellationToken: token);
        var cursor = await RunAsync($"{{ {read}, {(read.StartsWith("find", StringComparison.Ordinal) ? "batchSize: 50" : "cursor: { batchSize: 50 }")} }}");
        var seen = IdsOf(cursor["firstBatch"]);
        while (cursor["id"].AsInt64 is var id and not 0)
        {
            await collection.UpdateManyAsync("{}", "{ $inc: { changes: 1 } }", cancellationToken: token);
            cursor = await RunAsync($"{{ getMore: NumberLong('{id}'), collection: 'c', batchSize: 50 }}");
            seen.AddRange(IdsOf(cursor["nextBatch"]));
        }

        Assert.Equal(Enumerable.Range(0, 500), seen.Order());

        async Task<BsonDocument> RunAsync(string command) => (await database.Database.RunCommandAsync<BsonDocument>(session, command, cancellationToken: token))["cursor"].AsBsonDocument;
        static List<int> IdsOf(BsonValue batch) => [.. batch.AsBsonArray.Select(document => document["_id"].AsInt32)];
    }

    [Fact]
    public async Task Pages_hold_sixteen_megabytes_at_most()
    {
        await using var database = mongo.NewDatabase("cursor");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        for (var i = 0; i < 30; i++) await collection.InsertOneAsync(new BsonDocument { { "_id", i }, { "data", new byte[1_500_000] } }, cancellationToken: token);

        using var cursor = await collection.Find("{}").ToCursorAsync(token);
        var pages = new List<int>();
        while (await cursor.MoveNextAsync(token)) pages.Add(cursor.Current.Sum(d => d["data"].AsByteArray.Length));

        Assert.Equal(45_000_000, pages.Sum());
        Assert.All(pages, size => Assert.InRange(size, 0, 17_000_000));
    }

    [Fact]
    public async Task An_unknown_one_is_not_found()
    {
        await using var database = mongo.NewDatabase("cursor");
        var token = TestContext.Current.CancellationToken;

        var error = await Assert.ThrowsAnyAsync<MongoCommandException>(
            () => database.Database.RunCommandAsync<BsonDocument>(new BsonDocument { { "getMore", 123456789L }, { "collection", "c" } }, cancellationToken: token));

        Assert.Equal((43, "CursorNotFound"), (error.Code, error.CodeName));
    }

    [Fact]
    public async Task A_killed_one_is_gone()
    {
        await using var database = mongo.NewDatabase("cursor");
        var token = TestContext.Current.CancellationToken;
        await database.Documents("c").InsertManyAsync(Enumerable.Range(0, 300).Select(i => new BsonDocument("_id", i)), cancellationToken: token);
        var opened = await database.Database.RunCommandAsync<BsonDocument>("{ find: 'c', sort: { _id: 1 }, batchSize: 10 }", cancellationToken: token);
        var id = opened["cursor"]["id"].AsInt64;

        var more = await database.Database.RunCommandAsync<BsonDocument>(GetMore(), cancellationToken: token);
        var killed = await database.Database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "killCursors", "c" }, { "cursors", new BsonArray { id, 77L } } }, cancellationToken: token);
        var error = await Assert.ThrowsAnyAsync<MongoCommandException>(() => database.Database.RunCommandAsync<BsonDocument>(GetMore(), cancellationToken: token));

        Assert.NotEqual(0, id);
        Assert.Equal(Enumerable.Range(10, 10), more["cursor"]["nextBatch"].AsBsonArray.Select(d => d["_id"].AsInt32));
        Assert.Equal([id], killed["cursorsKilled"].AsBsonArray.Select(v => v.AsInt64));
        Assert.Equal([77L], killed["cursorsNotFound"].AsBsonArray.Select(v => v.AsInt64));
        Assert.Equal(43, error.Code);

        BsonDocument GetMore() => new() { { "getMore", id }, { "collection", "c" }, { "batchSize", 10 } };
    }

    [Fact]
    public async Task A_tailable_one_wakes_for_each_write_into_its_collection()
    {
        await using var database = mongo.NewDatabase("cursor");
        var token = TestContext.Current.CancellationToken;
        await database.Database.CreateCollectionAsync("events", new CreateCollectionOptions { Capped = true, MaxSize = 1_000_000 }, token);
        var events = database.Documents("events");
        await events.InsertOneAsync(new BsonDocument("n", 0), cancellationToken: token);
        using var cursor = await events.FindAsync<BsonDocument>("{}", new() { CursorType = CursorType.TailableAwait, MaxAwaitTime = TimeSpan.FromSeconds(5) }, token);

        var seen = new List<int>();
        for (var next = 0; next < 5; next++)
        {
            var write = next == 0 ? Task.CompletedTask : events.InsertOneAsync(new BsonDocument("n", next), cancellationToken: token);
            while (seen.Count <= next)
            {
                Assert.True(await cursor.MoveNextAsync(token), "The cursor ended.");
                seen.AddRange(cursor.Current.Select(d => d["n"].AsInt32));
            }

            await write;
        }

        Assert.Equal([0, 1, 2, 3, 4], seen);
    }
}
