using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Commands;

public sealed class CollectionTests(MongoFixture mongo)
{
    [Fact]
    public async Task Renaming_moves_documents_and_indexes_and_may_replace()
    {
        await using var database = mongo.NewDatabase("collection");
        var token = TestContext.Current.CancellationToken;
        await database.Documents("new").InsertManyAsync([new("_id", 1), new("_id", 2)], cancellationToken: token);
        await database.Documents("new").Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ a: 1 }"), cancellationToken: token);
        await database.Documents("live").InsertOneAsync(new BsonDocument("_id", 9), cancellationToken: token);

        var refused = await Assert.ThrowsAsync<MongoCommandException>(() => database.Database.RenameCollectionAsync("new", "live", cancellationToken: token));
        await database.Database.RenameCollectionAsync("live", "before", cancellationToken: token);
        await database.Database.RenameCollectionAsync("new", "live", cancellationToken: token);
        await database.Documents("other").InsertOneAsync(new BsonDocument("_id", 3), cancellationToken: token);
        await database.Database.RenameCollectionAsync("other", "before", new RenameCollectionOptions { DropTarget = true }, token);

        Assert.Equal(48, refused.Code);
        Assert.Equal(["before", "live"], (await (await database.Database.ListCollectionNamesAsync(cancellationToken: token)).ToListAsync(token)).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(2, await database.Documents("live").CountDocumentsAsync("{}", cancellationToken: token));
        Assert.Equal(3, (await database.Documents("before").Find("{}").SingleAsync(token))["_id"]);
        Assert.Equal(2, (await (await database.Documents("live").Indexes.ListAsync(token)).ToListAsync(token)).Count);
    }

    [Fact]
    public async Task Renaming_reaches_another_database()
    {
        await using var from = mongo.NewDatabase("collection");
        await using var to = mongo.NewDatabase("collection");
        var token = TestContext.Current.CancellationToken;
        await from.Documents("c").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token);

        var command = new BsonDocument { { "renameCollection", $"{from.Name}.c" }, { "to", $"{to.Name}.d" } };
        var reply = await WireCommand.RunAsync(mongo.ConnectionString, "admin", command, token);

        if (mongo.IsGenuine) Assert.Equal(1, await to.Documents("d").CountDocumentsAsync("{}", cancellationToken: token));
        else Assert.Equal(0, reply["ok"].ToInt32());
    }

    [Fact]
    public async Task Lists_say_type_and_options()
    {
        await using var database = mongo.NewDatabase("collection");
        var token = TestContext.Current.CancellationToken;
        await database.Database.RunCommandAsync<BsonDocument>("{ create: 'c', validator: { a: { $gt: 0 } } }", cancellationToken: token);
        await database.Database.RunCommandAsync<BsonDocument>("{ create: 'v', viewOn: 'c', pipeline: [{ $match: { a: 2 } }] }", cancellationToken: token);
        await database.Documents("c").InsertManyAsync([new("a", 1), new("a", 2)], cancellationToken: token);

        var list = (await (await database.Database.ListCollectionsAsync(cancellationToken: token)).ToListAsync(token)).ToDictionary(c => c["name"].AsString, StringComparer.Ordinal);
        var filtered = await (await database.Database.ListCollectionNamesAsync(new() { Filter = "{ type: 'view' }" }, token)).ToListAsync(token);

        Assert.Equal(("collection", "view"), (list["c"]["type"], list["v"]["type"]));
        Assert.Equal(BsonDocument.Parse("{ a: { $gt: 0 } }"), list["c"]["options"]["validator"]);
        Assert.Equal("c", list["v"]["options"]["viewOn"]);
        Assert.Contains("v", filtered, StringComparer.Ordinal);
        Assert.Equal(2, (await database.Documents("v").Find("{}").SingleAsync(token))["a"]);
    }

    [Fact]
    public async Task Statistics_count_documents_and_bytes()
    {
        await using var database = mongo.NewDatabase("collection");
        var token = TestContext.Current.CancellationToken;
        await database.Documents("c").InsertManyAsync(Enumerable.Range(0, 500).Select(i => new BsonDocument { { "_id", i }, { "text", new string('x', 500) } }), cancellationToken: token);

        // The engine's figures lag a moment behind the writes.
        await Eventually.TrueAsync(async () => (await database.Database.RunCommandAsync<BsonDocument>("{ collStats: 'c' }", cancellationToken: token))["count"].ToInt64() == 500, "the count");
        var collection = await database.Database.RunCommandAsync<BsonDocument>("{ collStats: 'c' }", cancellationToken: token);
        var whole = await database.Database.RunCommandAsync<BsonDocument>("{ dbStats: 1 }", cancellationToken: token);

        Assert.True(collection["size"].ToInt64() > 0);
        Assert.Equal(1, collection["nindexes"].ToInt32());
        Assert.Equal(1, whole["collections"].ToInt32());
        Assert.True(whole["dataSize"].ToInt64() >= 0);
        // The room on the volume, as MongoDB tells it.
        Assert.InRange(whole["fsUsedSize"].ToDouble(), 1, whole["fsTotalSize"].ToDouble());
    }

    [Fact]
    public async Task Dropping_is_final_and_dropping_nothing_is_fine()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = mongo.NewDatabase("collection");
        await database.Documents("c").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token);
        Assert.Contains(database.Name, await (await mongo.Client.ListDatabaseNamesAsync(token)).ToListAsync(token), StringComparer.Ordinal);

        await database.Database.DropCollectionAsync("c", token);
        await database.Database.DropCollectionAsync("c", token);
        await mongo.Client.DropDatabaseAsync(database.Name, token);

        Assert.DoesNotContain(database.Name, await (await mongo.Client.ListDatabaseNamesAsync(token)).ToListAsync(token), StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_server_says_what_it_is()
    {
        var token = TestContext.Current.CancellationToken;
        var admin = mongo.Client.GetDatabase("admin");

        foreach (var command in (string[])["ping", "hello", "isMaster", "buildInfo", "serverStatus", "hostInfo", "replSetGetStatus", "connectionStatus", "getCmdLineOpts", "listDatabases"])
        {
            var reply = await admin.RunCommandAsync<BsonDocument>(new BsonDocument(command, 1), cancellationToken: token);
            Assert.Equal(1, reply["ok"].ToInt32());
        }

        var status = await admin.RunCommandAsync<BsonDocument>("{ serverStatus: 1 }", cancellationToken: token);
        Assert.True(status["connections"]["current"].ToInt32() > 0);
    }
}
