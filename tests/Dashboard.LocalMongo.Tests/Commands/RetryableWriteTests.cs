using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Commands;

/// <summary>Sends what a driver sends when it repeats a write whose answer was lost.</summary>
public sealed class RetryableWriteTests(MongoFixture mongo)
{
    [Theory]
    [InlineData("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }] }")]
    [InlineData("{ findAndModify: 'c', query: { _id: 1 }, update: { $inc: { n: 1 } }, new: true }")]
    [InlineData("{ insert: 'c', documents: [{ _id: 2 }] }")]
    [InlineData("{ delete: 'c', deletes: [{ q: { kind: 'x' }, limit: 1 }] }")]
    [InlineData("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }, { q: { _id: 1 }, u: { $inc: { n: 10 } } }, { q: { _id: 10 }, u: { $inc: { n: 1 } } }] }")]
    [InlineData("{ insert: 'c', documents: [{ _id: 2 }, { _id: 3 }] }")]
    [InlineData("{ delete: 'c', deletes: [{ q: { kind: 'x' }, limit: 1 }, { q: { _id: 1 }, limit: 1 }] }")]
    public async Task A_repeated_statement_is_answered_again_and_not_done_again(string command)
    {
        await using var database = mongo.NewDatabase("retry");
        var token = TestContext.Current.CancellationToken;
        var collection = database.Documents("c");
        await collection.InsertManyAsync(
            [new BsonDocument { { "_id", 1 }, { "n", 0 } }, new BsonDocument { { "_id", 10 }, { "kind", "x" } }, new BsonDocument { { "_id", 11 }, { "kind", "x" } }],
            cancellationToken: token);
        var session = NewSession();
        var write = BsonDocument.Parse(command).Merge(new BsonDocument { { "lsid", session }, { "txnNumber", 1L } });

        var first = await RunAsync(write);
        var state = await collection.Find("{}").Sort("{ _id: 1 }").ToListAsync(token);
        var second = await RunAsync(write);

        Assert.True(first["ok"].ToBoolean() && !first.Contains("writeErrors"), first.ToString());
        Assert.Equal(state, await collection.Find("{}").Sort("{ _id: 1 }").ToListAsync(token));
        Assert.Equal(first.GetValue("n", BsonNull.Value), second.GetValue("n", BsonNull.Value));
        Assert.Equal(first.GetValue("value", BsonNull.Value), second.GetValue("value", BsonNull.Value));

        Task<BsonDocument> RunAsync(BsonDocument body) => WireCommand.RunAsync(mongo.ConnectionString, database.Name, body, token);
    }

    [Fact]
    public async Task The_next_number_is_a_new_write()
    {
        await using var database = mongo.NewDatabase("retry");
        var token = TestContext.Current.CancellationToken;
        await database.Documents("c").InsertOneAsync(new BsonDocument { { "_id", 1 }, { "n", 0 } }, cancellationToken: token);

        var session = NewSession();
        for (var number = 1L; number <= 3; number++)
        {
            await WireCommand.RunAsync(mongo.ConnectionString, database.Name, BsonDocument.Parse("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }] }")
                .Merge(new BsonDocument { { "lsid", session }, { "txnNumber", number } }), token);
        }

        Assert.Equal(3, (await database.Documents("c").Find("{}").SingleAsync(token))["n"]);
    }

    private static BsonDocument NewSession() => new("id", new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard));
}
