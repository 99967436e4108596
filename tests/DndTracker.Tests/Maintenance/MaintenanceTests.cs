using System.Net;
using Dashboard.Testing.Faults;
using DndTracker.Tests.Support;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DndTracker.Tests.Maintenance;

public sealed class MaintenanceTests(SmallTracker tracker) : IClassFixture<SmallTracker>
{
    [Fact]
    public async Task Pages_answer_503_with_retry_after_while_health_stays_green()
    {
        await SetAsync(new() { { "enabled", true }, { "message", "Restoring <yesterday>" } });

        using var page = await PageAsync(HttpStatusCode.ServiceUnavailable);
        var health = await Answer.GetAsync(tracker.App, "/api/health");

        Assert.Equal(TimeSpan.FromSeconds(300), page.Headers.RetryAfter?.Delta);
        Assert.Contains("Restoring &lt;yesterday&gt;", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, health.Status);

        await SetAsync(new() { { "enabled", false } });
        using var back = await PageAsync(HttpStatusCode.OK);
        Assert.Null(back.Headers.RetryAfter);
    }

    [Fact]
    public async Task Retry_after_counts_down_to_the_announced_end()
    {
        await SetAsync(new() { { "enabled", true }, { "message", "" }, { "until", TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(2) } });

        using var page = await PageAsync(HttpStatusCode.ServiceUnavailable);

        Assert.InRange(page.Headers.RetryAfter?.Delta ?? default, TimeSpan.FromSeconds(301), TimeSpan.FromHours(2));

        await SetAsync(new() { { "enabled", false } });
        using var back = await PageAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_release_with_the_variable_answers_503_whatever_the_database_says()
    {
        await using var released = await TrackerProcess.ServeAsync(
            tracker.Database.DatabaseNamespace.DatabaseName, new Dictionary<string, string>(StringComparer.Ordinal) { ["MAINTENANCE_MODE"] = "true" });

        using var page = await released.Http.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        var health = await Answer.GetAsync(released, "/api/health");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(300)), (page.StatusCode, page.Headers.RetryAfter?.Delta));
        Assert.Equal(HttpStatusCode.OK, health.Status);
    }

    private Task<ReplaceOneResult> SetAsync(BsonDocument mode) => tracker.Database.GetCollection<BsonDocument>("maintenance").ReplaceOneAsync(
        Builders<BsonDocument>.Filter.Eq("_id", "mode"), mode.Add("_id", "mode"), new ReplaceOptions { IsUpsert = true }, TestContext.Current.CancellationToken);

    private Task<HttpResponseMessage> PageAsync(HttpStatusCode wished) => Eventually.GetAsync(
        () => tracker.App.Http.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken), page => page.StatusCode == wished);
}
