using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Commands;

/// <summary>$$NOW, on which the product's leases rest.</summary>
public sealed class ServerTimeTests(MongoFixture mongo)
{
    private const string Lapsed = "{ $expr: { $lt: [{ $ifNull: ['$expiresAt', new Date(0)] }, '$$NOW'] } }";

    private static readonly PipelineDefinition<BsonDocument, BsonDocument> Take = (BsonDocument[])
    [
        BsonDocument.Parse("{ $set: { expiresAt: { $add: ['$$NOW', 30000] }, takenAt: '$$NOW', token: { $add: [{ $ifNull: ['$token', 0] }, 1] } } }"),
    ];

    [Fact]
    public async Task Is_one_time_within_a_statement_and_later_in_the_next()
    {
        await using var database = mongo.NewDatabase("now");
        var token = TestContext.Current.CancellationToken;
        var leases = database.Documents("leases");
        await leases.InsertOneAsync(new BsonDocument { { "_id", "a" }, { "token", 5 } }, cancellationToken: token);

        await leases.UpdateOneAsync("{ _id: 'a' }", Builders<BsonDocument>.Update.Pipeline(Take), cancellationToken: token);
        var first = await leases.Find("{}").SingleAsync(token);
        await Eventually.TrueAsync(async () => await NowAsync(database, token) > first["takenAt"].ToUniversalTime(), "a later $$NOW");
        await leases.UpdateOneAsync("{ _id: 'a' }", Builders<BsonDocument>.Update.Pipeline(Take), cancellationToken: token);
        var second = await leases.Find("{}").SingleAsync(token);

        Assert.Equal(TimeSpan.FromSeconds(30), first["expiresAt"].ToUniversalTime() - first["takenAt"].ToUniversalTime());
        Assert.Equal((6, 7), (first["token"].ToInt32(), second["token"].ToInt32()));
        Assert.True(second["takenAt"].ToUniversalTime() > first["takenAt"].ToUniversalTime());
    }

    [Fact]
    public async Task Decides_in_filters_of_reads_and_writes()
    {
        await using var database = mongo.NewDatabase("now");
        var token = TestContext.Current.CancellationToken;
        var leases = database.Documents("leases");
        await leases.InsertManyAsync(
        [
            new BsonDocument { { "_id", "past" }, { "expiresAt", new BsonDateTime(0) } },
            new BsonDocument { { "_id", "future" }, { "expiresAt", new BsonDateTime(DateTime.MaxValue) } },
        ], cancellationToken: token);

        Assert.Equal("past", (await leases.Find(Lapsed).SingleAsync(token))["_id"]);
        Assert.Equal(1, await leases.CountDocumentsAsync(Lapsed, cancellationToken: token));
        Assert.Equal(1, (await leases.UpdateManyAsync(Lapsed, "{ $set: { seen: true } }", cancellationToken: token)).ModifiedCount);
        Assert.Equal("past", (await leases.FindOneAndUpdateAsync<BsonDocument>(Lapsed, "{ $set: { seen: 2 } }", cancellationToken: token))["_id"]);
        Assert.Equal(1, (await leases.DeleteManyAsync(Lapsed, token)).DeletedCount);
    }

    [Theory]
    [InlineData(false, "{ $expr: { $lte: ['$expiresAt', '$$NOW'] } }")]
    [InlineData(true, "{ $expr: { $lte: ['$expiresAt', '$$NOW'] } }")]
    [InlineData(true, "{ state: 'on', $expr: { $lte: ['$expiresAt', '$$NOW'] } }")]
    [InlineData(true, "{ $or: [{ state: 'off' }, { $and: [{ $expr: { $lte: ['$expiresAt', '$$NOW'] } }] }] }")]
    public async Task Decides_also_where_an_index_serves_the_filter_and_where_no_collection_is(bool exists, string filter)
    {
        await using var database = mongo.NewDatabase("now");
        var token = TestContext.Current.CancellationToken;
        var leases = database.Documents("leases");
        if (exists)
        {
            await leases.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ state: 1, _id: -1 }"), cancellationToken: token);
            await leases.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "state", "on" }, { "expiresAt", new BsonDateTime(0) } }, cancellationToken: token);
        }

        Assert.Equal(exists ? 1 : 0, await leases.Find(filter).CountDocumentsAsync(token));
        Assert.Equal(exists ? 1 : 0, (await leases.Find(filter).ToListAsync(token)).Count);
        Assert.Equal(exists ? 1 : 0, (await leases.UpdateOneAsync(filter, Builders<BsonDocument>.Update.Pipeline(Take), cancellationToken: token)).MatchedCount);
        Assert.Null(await leases.FindOneAndUpdateAsync<BsonDocument>(filter, Builders<BsonDocument>.Update.Pipeline(Take), cancellationToken: token));
    }

    [Fact]
    public async Task Stays_text_where_it_is_data()
    {
        await using var database = mongo.NewDatabase("now");
        var token = TestContext.Current.CancellationToken;
        var words = database.Documents("words");

        await words.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "text", "$$NOW" } }, cancellationToken: token);
        await words.UpdateOneAsync("{ text: '$$NOW' }", "{ $set: { copy: '$$NOW' } }", cancellationToken: token);
        await words.UpdateOneAsync("{ _id: 1 }", Builders<BsonDocument>.Update.Pipeline((BsonDocument[])[BsonDocument.Parse("{ $set: { quoted: { $literal: '$$NOW' } } }")]), cancellationToken: token);

        Assert.Equal(
            BsonDocument.Parse("{ _id: 1, text: '$$NOW', copy: '$$NOW', quoted: '$$NOW' }"),
            await words.Aggregate().Match("{ text: '$$NOW' }").SingleAsync(token));
    }

    [Fact]
    public async Task Lets_one_of_many_take_a_lapsed_lease()
    {
        await using var database = mongo.NewDatabase("now");
        var token = TestContext.Current.CancellationToken;
        var leases = database.Documents("leases");

        for (var round = 0; round < 10; round++)
        {
            await leases.InsertOneAsync(new BsonDocument { { "_id", round }, { "token", 5 }, { "expiresAt", new BsonDateTime(0) } }, cancellationToken: token);
            var filter = new BsonDocument { { "_id", round } }.Merge(BsonDocument.Parse(Lapsed));
            var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => leases.FindOneAndUpdateAsync<BsonDocument>(
                filter, Builders<BsonDocument>.Update.Pipeline(Take), new() { ReturnDocument = ReturnDocument.After }, token), token)));

            Assert.Equal(6, Assert.Single(taken, lease => lease is not null)["token"].ToInt32());
        }
    }

    [Fact]
    public async Task Cannot_decide_an_upsert()
    {
        await using var database = mongo.NewDatabase("now");
        var token = TestContext.Current.CancellationToken;

        var error = await Assert.ThrowsAsync<MongoCommandException>(() => database.Documents("leases").FindOneAndUpdateAsync<BsonDocument>(
            new BsonDocument("_id", 1).Merge(BsonDocument.Parse(Lapsed)), Builders<BsonDocument>.Update.Pipeline(Take), new() { IsUpsert = true }, token));

        Assert.Equal((224, "QueryFeatureNotAllowed"), (error.Code, error.CodeName));
    }

    [Fact]
    public async Task Is_written_by_currentDate()
    {
        await using var database = mongo.NewDatabase("now");
        var token = TestContext.Current.CancellationToken;
        await database.Documents("c").UpdateOneAsync("{ _id: 1 }", "{ $currentDate: { at: true } }", new UpdateOptions { IsUpsert = true }, token);

        var at = (await database.Documents("c").Find("{}").SingleAsync(token))["at"].ToUniversalTime();

        Assert.InRange(await NowAsync(database, token) - at, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private static async Task<DateTime> NowAsync(TestDatabase database, CancellationToken token) =>
        (await database.Database.RunCommandAsync<BsonDocument>(
            "{ aggregate: 1, pipeline: [{ $documents: [{ a: 1 }] }, { $project: { now: '$$NOW' } }], cursor: {} }", cancellationToken: token))
        ["cursor"]["firstBatch"][0]["now"].ToUniversalTime();
}
