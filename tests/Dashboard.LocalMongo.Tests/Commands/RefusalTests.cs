using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Commands;

/// <summary>What cannot be done says so: no hang, no wrong success.</summary>
public sealed class RefusalTests(MongoFixture mongo)
{
    [Theory]
    [InlineData("{ noSuchThing: 1 }", 59, "CommandNotFound")]
    [InlineData("{ FIND: 'c' }", 59, "CommandNotFound")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $noSuchStage: {} }], cursor: {} }", 40324, "Location40324")]
    [InlineData("{ find: 'c', filter: { a: { $noSuchOperator: 1 } } }", 2, "BadValue")]
    [InlineData("{ find: '' }", 73, "InvalidNamespace")]
    [InlineData("{ drop: 'c', comment: 1, writeConcern: { w: 'majority' } }", 0, "")]
    [InlineData("{ collMod: 'nothing' }", 26, "NamespaceNotFound")]
    [InlineData("{ create: 'c' }", 48, "NamespaceExists")]
    [InlineData("{ findAndModify: 'c', query: { _id: 1 } }", 9, "FailedToParse")]
    [InlineData("{ update: 'c', updates: [{ q: {}, u: { $set: { _id: 5 } } }] }", 66, "")]
    public async Task Answers_with_the_code_that_MongoDB_has_for_it(string command, int code, string name)
    {
        await using var database = mongo.NewDatabase("refusal");
        var token = TestContext.Current.CancellationToken;
        await database.Database.CreateCollectionAsync("c", new CreateCollectionOptions { Capped = false, ValidationLevel = DocumentValidationLevel.Strict }, token);
        await database.Documents("c").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token);

        var reply = await WireCommand.RunAsync(mongo.ConnectionString, database.Name, BsonDocument.Parse(command), token);

        var refusal = reply.TryGetValue("writeErrors", out var errors) ? errors[0].AsBsonDocument : reply;
        Assert.Equal(code, refusal.GetValue("code", 0).ToInt32());
        Assert.Equal(name, refusal.GetValue("codeName", ""));
    }

    [Fact]
    public async Task Stops_a_command_at_its_time_limit()
    {
        await using var database = mongo.NewDatabase("refusal");
        var token = TestContext.Current.CancellationToken;
        await database.Documents("c").InsertManyAsync(Enumerable.Range(0, 2000).Select(i => new BsonDocument("_id", i)), cancellationToken: token);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => database.Database.RunCommandAsync<BsonDocument>("""
            { aggregate: 'c', cursor: {}, maxTimeMS: 50, pipeline: [
              { $lookup: { from: 'c', pipeline: [], as: 'a' } }, { $unwind: '$a' }, { $lookup: { from: 'c', pipeline: [], as: 'b' } }, { $unwind: '$b' }, { $count: 'n' } ] }
            """, cancellationToken: token));

        Assert.IsType<MongoExecutionTimeoutException>(error);
        Assert.Equal(2000, await database.Documents("c").CountDocumentsAsync("{}", cancellationToken: token));
    }

    [Fact]
    public async Task Validators_refuse_what_does_not_fit()
    {
        await using var database = mongo.NewDatabase("refusal");
        var token = TestContext.Current.CancellationToken;
        await database.Database.RunCommandAsync<BsonDocument>(
            "{ create: 'c', validator: { $jsonSchema: { required: ['name'], properties: { name: { bsonType: 'string' } } } } }", cancellationToken: token);

        await database.Documents("c").InsertOneAsync(new BsonDocument("name", "a"), cancellationToken: token);
        var error = await Assert.ThrowsAsync<MongoWriteException>(() => database.Documents("c").InsertOneAsync(new BsonDocument("name", 1), cancellationToken: token));

        Assert.Equal(121, error.WriteError.Code);
    }

    [Fact]
    public async Task Explaining_runs_nothing()
    {
        await using var database = mongo.NewDatabase("refusal");
        var token = TestContext.Current.CancellationToken;
        await database.Documents("c").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token);

        var aggregate = await database.Database.RunCommandAsync<BsonDocument>(
            "{ aggregate: 'c', pipeline: [{ $match: { _id: 1 } }, { $out: 'copy' }], explain: true }", cancellationToken: token);
        var find = await database.Database.RunCommandAsync<BsonDocument>("{ explain: { find: 'c', filter: { _id: 1 } } }", cancellationToken: token);

        Assert.False(aggregate.Contains("cursor"));
        Assert.True(find.Contains("queryPlanner"));
        Assert.Equal(["c"], await (await database.Database.ListCollectionNamesAsync(cancellationToken: token)).ToListAsync(token));
    }

    [Fact]
    public async Task Change_streams_are_there_or_refused_at_once()
    {
        await using var database = mongo.NewDatabase("refusal");
        var token = TestContext.Current.CancellationToken;
        await database.Documents("c").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: token);

        if (mongo.IsGenuine)
        {
            using var stream = await database.Documents("c").WatchAsync(cancellationToken: token);
            await database.Documents("c").InsertOneAsync(new BsonDocument("_id", 2), cancellationToken: token);
            await Eventually.TrueAsync(async () => await stream.MoveNextAsync(token) && stream.Current.Any(), "the change");
        }
        else
        {
            var error = await Assert.ThrowsAsync<MongoCommandException>(() => database.Documents("c").WatchAsync(cancellationToken: token));
            Assert.Equal(40573, error.Code);
            Assert.Contains("only supported on replica sets", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_snapshot_outside_a_transaction_is_a_snapshot_or_refused()
    {
        await using var database = mongo.NewDatabase("refusal");
        var token = TestContext.Current.CancellationToken;
        await database.Documents("c").InsertManyAsync(Enumerable.Range(0, 300).Select(i => new BsonDocument("_id", i)), cancellationToken: token);

        var reply = await WireCommand.RunAsync(
            mongo.ConnectionString, database.Name, BsonDocument.Parse("{ find: 'c', batchSize: 10, readConcern: { level: 'snapshot' } }"), token);

        if (mongo.IsGenuine) Assert.True(reply["cursor"].AsBsonDocument.Contains("atClusterTime"));
        else Assert.Equal(72, reply["code"]);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("\u0010\0\0\0\0\0\0\0\0\0\0\0\u00dd\u0007\0\0")]
    public async Task Garbage_closes_its_connection_and_harms_no_other(string bytes)
    {
        var token = TestContext.Current.CancellationToken;
        using var client = await WireCommand.ConnectAsync(mongo.ConnectionString, token);
        var stream = client.GetStream();

        await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(bytes), token);
        // A genuine server first says something to a browser.
        var buffer = new byte[1000];
        try
        {
            while (await stream.ReadAsync(buffer, token) > 0) { }
        }
        catch (IOException)
        {
            // Reset is closed, too.
        }

        Assert.Equal(1, (await mongo.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>("{ ping: 1 }", cancellationToken: token))["ok"].ToInt32());
    }
}
