using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Tests.Hosting;

/// <summary>What comes at once, such as the posts of many pipelines, waits for its turn at the database.</summary>
public sealed class BurstTests(MongoFixture mongo)
{
    [Fact]
    public async Task Refuses_nobody_when_three_thousand_ask_the_database_at_the_same_moment()
    {
        await using var dashboard = await TestDashboard.StartAsync(mongo);
        var database = dashboard.Services.GetRequiredService<IMongoClient>().GetDatabase(dashboard.Own.DatabaseNamespace.DatabaseName);

        var answers = await Task.WhenAll(Enumerable.Range(0, 3_000).Select(_ => database.RunCommandAsync<BsonDocument>("{ ping: 1 }", cancellationToken: TestContext.Current.CancellationToken)));

        Assert.All(answers, answer => Assert.Equal(1, answer["ok"].ToInt32()));
    }
}
