using System.Net;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using MongoDB.Bson;

namespace Dashboard.Tests.Api;

public sealed class MigrationEndpointsTests(MongoFixture mongo) : IAsyncLifetime
{
    private TestDashboard _dashboard = null!;

    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync(mongo);

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Fact]
    public async Task Tells_what_is_executed_and_what_is_pending()
    {
        await _dashboard.Staging.GetCollection<BsonDocument>("migrations").InsertOneAsync(
            new BsonDocument { ["version"] = "001", ["description"] = "initial user collections", ["executedAt"] = TimeProvider.System.GetUtcNow().UtcDateTime, ["executionTime"] = 412, ["rollbackAvailable"] = true },
            cancellationToken: TestContext.Current.CancellationToken);

        var answer = await _dashboard.GetAsync("api/migrations/staging");

        Assert.Equal((1, 2, 0, true), (answer["executed"]!.GetValue<int>(), answer["pending"]!.GetValue<int>(), answer["failed"]!.GetValue<int>(), answer["valid"]!.GetValue<bool>()));
        Assert.Equal(["executed", "pending", "pending"], answer["migrations"]!.AsArray().Select(entry => entry!["state"]!.GetValue<string>()));
        Assert.Equal(412, answer["migrations"]![0]!["executionTime"]!.GetValue<double>());
    }

    [Fact]
    public async Task Knows_no_other_environment()
    {
        using var response = await _dashboard.Http.GetAsync(new Uri("api/migrations/moon", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
