using System.Net;
using Dashboard.Testing.Faults;
using DndTracker.Tests.Support;

namespace DndTracker.Tests.Health;

public sealed class DatabaseGoneTests : IDisposable
{
    private readonly TestMongo _mongo = new();

    [Fact]
    public async Task Answers_by_the_contract_while_the_database_is_gone_and_recovers_by_itself()
    {
        await using var cable = FaultProxy.InFrontOf(TestMongo.ConnectionString);
        await using var app = await TrackerProcess.ServeAsync(
            _mongo.NewDatabase().DatabaseNamespace.DatabaseName, connectionString: cable.Through(TestMongo.ConnectionString));
        Assert.Equal(HttpStatusCode.OK, (await Answer.GetAsync(app, "/api/health")).Status);

        cable.Faults = new ProxyFaults { Down = true };
        var answers = await Task.WhenAll(
            Answer.GetAsync(app, "/api/health"), Answer.GetAsync(app, "/api/health/database"),
            Answer.GetAsync(app, "/api/health/db"), Answer.GetAsync(app, "/api/health/migrations"));
        var page = await Answer.GetAsync(app, "/characters");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "status timestamp version database"), (answers[0].Status, answers[0].Keys));
        Assert.Equal("degraded", answers[0].Json.GetProperty("status").GetString());
        Assert.Equal("error", answers[0].Json.GetProperty("database").GetString());
        Assert.Equal((HttpStatusCode.InternalServerError, "status timestamp error database(connected)"), (answers[1].Status, answers[1].Keys));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "status connected timestamp error"), (answers[2].Status, answers[2].Keys));
        Assert.Equal((HttpStatusCode.InternalServerError, "status timestamp error database(connected)"), (answers[3].Status, answers[3].Keys));
        Assert.DoesNotContain("127.0.0.1", string.Concat(answers.Select(answer => answer.Text)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Contains("Out of reach for a moment", page.Text, StringComparison.Ordinal);
        Assert.False(app.HasExited);

        cable.Faults = ProxyFaults.None;
        var mended = await Eventually.GetAsync(() => Answer.GetAsync(app, "/api/health"), answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal("connected", mended.Json.GetProperty("database").GetString());
    }

    public void Dispose() => _mongo.Dispose();
}
