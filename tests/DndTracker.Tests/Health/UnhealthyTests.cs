using System.Net;
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
    public async Task Leaves_the_environment_out_when_it_has_none()
    {
        await using var app = await TrackerProcess.ServeAsync(_mongo.NewDatabase().DatabaseNamespace.DatabaseName);

        var answer = await Answer.GetAsync(app, "/api/health");

        Assert.Equal("status timestamp version database", answer.Keys);
        Assert.Equal("0.2.0", answer.Json.GetProperty("version").GetString());
    }

    public void Dispose() => _mongo.Dispose();
}
