using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;
using Xunit;

namespace Dashboard.LocalMongo.Tests.Commands;

public sealed class SmokeTests(MongoFixture mongo)
{
    [Fact]
    public async Task Inserts_and_finds()
    {
        await using var database = mongo.NewDatabase("smoke");
        var token = TestContext.Current.CancellationToken;
        await database.Documents("c").InsertManyAsync(Enumerable.Range(0, 1000).Select(i => new BsonDocument("_id", i)), cancellationToken: token);
        var all = await database.Documents("c").Find(new BsonDocument()).ToListAsync(token);
        Assert.Equal(1000, all.Count);
        Assert.Equal(1000, await database.Documents("c").CountDocumentsAsync(new BsonDocument(), cancellationToken: token));
    }
}
