using System.Net;
using Dashboard.Testing.Faults;
using DndTracker.Tests.Support;

namespace DndTracker.Tests.Health;

public sealed class UnhealthyTests : IDisposable
{
    private readonly TestMongo _mongo = new();

    [Fact]
    public async Task An_unhealthy_release_says_so_in_the_shape_of_an_error()
    {
        var database = _mongo.NewDatabase().DatabaseNamespace.DatabaseName;
        await using var app = await TrackerProcess.ServeAsync(
            database, new Dictionary<string, string>(StringComparer.Ordinal) { ["APP_UNHEALTHY"] = "true", ["APP_VERSION"] = "6.6.6" });

        var answer = await Answer.GetAsync(app, "/api/health");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Equal("status timestamp error", answer.Keys);
        Assert.Equal("error", answer.Json.GetProperty("status").GetString());
        Assert.Equal("Release 6.6.6 says that it is unhealthy (APP_UNHEALTHY is true).", answer.Json.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_sour_release_is_healthy_at_first_and_then_says_that_it_is_not()
    {
        var database = _mongo.NewDatabase().DatabaseNamespace.DatabaseName;
        await using var app = await TrackerProcess.ServeAsync(
            database, new Dictionary<string, string>(StringComparer.Ordinal) { ["APP_UNHEALTHY_AFTER"] = "4.5", ["APP_VERSION"] = "6.6.6" });

        var first = await Answer.GetAsync(app, "/api/health");
        var later = await Eventually.GetAsync(() => Answer.GetAsync(app, "/api/health"), answer => answer.Status != HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal(HttpStatusCode.InternalServerError, later.Status);
        Assert.Equal("Release 6.6.6 says that it is unhealthy (APP_UNHEALTHY_AFTER is 4.5).", later.Json.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("1e300")]
    [InlineData("99999999")]
    public async Task Refuses_to_start_with_a_time_that_is_none(string value)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["MONGODB_URI"] = TestMongo.ConnectionString,
            ["MONGODB_DB_NAME"] = "none",
            ["APP_UNHEALTHY_AFTER"] = value,
        };
        await using var app = TrackerProcess.Start(variables);

        var (exitCode, output) = await app.ExitAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("APP_UNHEALTHY_AFTER", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaves_the_environment_out_when_it_has_none()
    {
        await using var app = await TrackerProcess.ServeAsync(_mongo.NewDatabase().DatabaseNamespace.DatabaseName);

        var answer = await Answer.GetAsync(app, "/api/health");

        Assert.Equal("status timestamp version database", answer.Keys);
        Assert.Equal("0.2.0", answer.Json.GetProperty("version").GetString());
    }

    public void Dispose() => _mongo.Dispose();
}
