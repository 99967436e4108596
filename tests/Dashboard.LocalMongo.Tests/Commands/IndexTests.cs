using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Commands;

public sealed class IndexTests(MongoFixture mongo)
{
    [Fact]
    public async Task Unique_names_index_and_collection_in_the_duplicate_key_error()
    {
        await using var database = mongo.NewDatabase("index");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.Indexes.CreateOneAsync(Unique("{ email: 1 }", "by_email"), cancellationToken: token);
        await collection.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "email", "a@example" } }, cancellationToken: token);

        var inserting = await Assert.ThrowsAsync<MongoWriteException>(
            () => collection.InsertOneAsync(new BsonDocument { { "_id", 2 }, { "email", "a@example" } }, cancellationToken: token));
        var sameId = await Assert.ThrowsAsync<MongoWriteException>(() => collection.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token));
        await collection.InsertOneAsync(new BsonDocument { { "_id", 3 }, { "email", "b@example" } }, cancellationToken: token);
        var updating = await Assert.ThrowsAsync<MongoWriteException>(
            () => collection.UpdateOneAsync("{ _id: 3 }", "{ $set: { email: 'a@example' } }", cancellationToken: token));
        var modifying = await Assert.ThrowsAsync<MongoCommandException>(
            () => collection.FindOneAndUpdateAsync<BsonDocument>("{ _id: 3 }", "{ $set: { email: 'a@example' } }", cancellationToken: token));

        foreach (var error in (WriteError[])[inserting.WriteError, updating.WriteError])
        {
            Assert.Equal((11000, ServerErrorCategory.DuplicateKey), (error.Code, error.Category));
            Assert.StartsWith($"E11000 duplicate key error collection: {database.Name}.c index: by_email", error.Message, StringComparison.Ordinal);
        }

        Assert.StartsWith($"E11000 duplicate key error collection: {database.Name}.c index: _id_", sameId.WriteError.Message, StringComparison.Ordinal);
        Assert.Equal((11000, "DuplicateKey"), (modifying.Code, modifying.CodeName));
        Assert.Contains("index: by_email", modifying.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unique_and_partial_binds_only_the_documents_of_its_filter()
    {
        await using var database = mongo.NewDatabase("index");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>("{ environment: 1 }", new CreateIndexOptions<BsonDocument> { Unique = true, PartialFilterExpression = "{ state: 'Running' }" }),
            cancellationToken: token);

        await collection.InsertManyAsync([Run(1, "Done"), Run(2, "Done"), Run(3, "Running")], cancellationToken: token);
        var second = await Assert.ThrowsAsync<MongoWriteException>(() => collection.InsertOneAsync(Run(4, "Running"), cancellationToken: token));
        var moved = await Assert.ThrowsAsync<MongoWriteException>(() => collection.UpdateOneAsync("{ _id: 1 }", "{ $set: { state: 'Running' } }", cancellationToken: token));
        await collection.UpdateOneAsync("{ _id: 3 }", "{ $set: { state: 'Done' } }", cancellationToken: token);
        await collection.InsertOneAsync(Run(4, "Running"), cancellationToken: token);

        Assert.Equal(ServerErrorCategory.DuplicateKey, second.WriteError.Category);
        Assert.Equal(ServerErrorCategory.DuplicateKey, moved.WriteError.Category);

        static BsonDocument Run(int id, string state) => new() { { "_id", id }, { "environment", "production" }, { "state", state } };
    }

    [Fact]
    public async Task Unique_and_sparse_allows_many_documents_without_the_field()
    {
        await using var database = mongo.NewDatabase("index");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>("{ key: 1 }", new CreateIndexOptions { Unique = true, Sparse = true }), cancellationToken: token);

        await collection.InsertManyAsync([new("_id", 1), new("_id", 2), new BsonDocument { { "_id", 3 }, { "key", "a" } }], cancellationToken: token);
        var error = await Assert.ThrowsAsync<MongoWriteException>(
            () => collection.InsertOneAsync(new BsonDocument { { "_id", 4 }, { "key", "a" } }, cancellationToken: token));

        Assert.Equal(ServerErrorCategory.DuplicateKey, error.WriteError.Category);
    }

    [Fact]
    public async Task Unique_is_refused_where_the_data_has_duplicates()
    {
        await using var database = mongo.NewDatabase("index");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.InsertManyAsync([new BsonDocument { { "_id", 1 }, { "a", 1 } }, new BsonDocument { { "_id", 2 }, { "a", 1 } }], cancellationToken: token);

        var error = await Assert.ThrowsAsync<MongoCommandException>(() => collection.Indexes.CreateOneAsync(Unique("{ a: 1 }", "a"), cancellationToken: token));

        Assert.Equal(11000, error.Code);
        Assert.Single(await (await collection.Indexes.ListAsync(token)).ToListAsync(token));
    }

    [Fact]
    public async Task Listing_returns_what_was_asked_for()
    {
        await using var database = mongo.NewDatabase("index");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");

        await collection.Indexes.CreateManyAsync(
        [
            new CreateIndexModel<BsonDocument>("{ a: 1, b: -1 }"),
            Unique("{ u: 1 }", "u"),
            new CreateIndexModel<BsonDocument>("{ at: 1 }", new CreateIndexOptions { Name = "ttl", ExpireAfter = TimeSpan.FromHours(1) }),
            new CreateIndexModel<BsonDocument>("{ s: 1 }", new CreateIndexOptions { Name = "s", Sparse = true }),
            new CreateIndexModel<BsonDocument>("{ h: 'hashed' }"),
        ], token);
        await collection.Indexes.DropOneAsync("h_hashed", token);

        var indexes = (await (await collection.Indexes.ListAsync(token)).ToListAsync(token)).ToDictionary(i => i["name"].AsString, StringComparer.Ordinal);
        Assert.Equal(["_id_", "a_1_b_-1", "s", "ttl", "u"], indexes.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.True(indexes["u"]["unique"].AsBoolean);
        Assert.True(indexes["s"]["sparse"].AsBoolean);
        Assert.Equal(3600, indexes["ttl"]["expireAfterSeconds"].ToInt32());
        Assert.DoesNotContain(indexes.Values, i => i.Contains("storageEngine"));
    }

    [Fact]
    public async Task Making_the_same_twice_is_fine_and_with_other_options_an_index_conflict()
    {
        await using var database = mongo.NewDatabase("index");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.Indexes.CreateOneAsync(Unique("{ a: 1 }", "a"), cancellationToken: token);
        await collection.Indexes.CreateOneAsync(Unique("{ a: 1 }", "a"), cancellationToken: token);

        var error = await Assert.ThrowsAsync<MongoCommandException>(
            () => collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ a: 1 }", new CreateIndexOptions { Name = "a" }), cancellationToken: token));
        var unknown = await Assert.ThrowsAsync<MongoCommandException>(() => collection.Indexes.DropOneAsync("nothing", token));

        Assert.Contains(error.Code, (int[])[85, 86]);
        Assert.Equal((27, "IndexNotFound"), (unknown.Code, unknown.CodeName));
    }

    [Fact]
    public async Task Changing_the_time_to_live_is_seen_by_the_list()
    {
        await using var database = mongo.NewDatabase("index");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>("{ at: 1 }", new CreateIndexOptions { Name = "ttl", ExpireAfter = TimeSpan.FromHours(1) }), cancellationToken: token);

        await database.Database.RunCommandAsync<BsonDocument>("{ collMod: 'c', index: { name: 'ttl', expireAfterSeconds: 60 } }", cancellationToken: token);

        var ttl = (await (await collection.Indexes.ListAsync(token)).ToListAsync(token)).Single(i => i["name"] == "ttl");
        Assert.Equal(60, ttl["expireAfterSeconds"].ToInt32());
    }

    private static CreateIndexModel<BsonDocument> Unique(string keys, string name) => new(keys, new CreateIndexOptions { Unique = true, Name = name });
}
