using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Dashboard.Operations.Metrics;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Api;

/// <summary>The running dashboard: its own poll raises what these tests work on.</summary>
public sealed class AlertEndpointsTests(MongoFixture mongo) : IAsyncLifetime
{
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync(mongo);

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Fact]
    public async Task An_alert_is_raised_by_the_poll_acknowledged_silenced_and_resolved()
    {
        var id = await RaiseAsync();

        var acknowledged = await PostAsync($"api/alerts/{id}/acknowledge", string.Empty);
        Assert.Equal((HttpStatusCode.OK, "a test (dnd_"), (acknowledged.Status, acknowledged.Body["acknowledgedBy"]!.GetValue<string>()[..12]));
        var silenced = await PostAsync($"api/alerts/{id}/silence", """{ "reason": "we know", "for": "4h" }""");
        Assert.Equal((HttpStatusCode.OK, "phase-failed"), (silenced.Status, silenced.Body["rule"]!.GetValue<string>()));
        var resolved = await PostAsync($"api/alerts/{id}/resolve", """{ "resolution": "rolled back" }""");
        Assert.Equal((HttpStatusCode.OK, false, "rolled back"), (resolved.Status, resolved.Body["open"]!.GetValue<bool>(), resolved.Body["resolution"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync($"api/alerts/{id}/acknowledge", string.Empty)).Status);
        Assert.DoesNotContain((await _dashboard.GetAsync("api/alerts?environment=staging&open=true")).AsArray(), alert => alert!["id"]!.GetValue<string>() == id);
    }

    [Theory]
    [InlineData("acknowledge", "")]
    [InlineData("resolve", "{}")]
    [InlineData("silence", """{ "reason": "r", "for": "1h" }""")]
    public async Task An_unknown_alert_is_not_found(string action, string body)
    {
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync($"api/alerts/alert-1-none/{action}", body)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{ "reason": "r" }""")]
    [InlineData("""{ "for": "4h" }""")]
    [InlineData("""{ "reason": "r", "for": "0h" }""")]
    [InlineData("""{ "reason": "r", "for": "31d" }""")]
    [InlineData("""{ "reason": 7, "for": "4h" }""")]
    [InlineData("""{ "reason": "\ud800", "for": "4h" }""")]
    [InlineData("""{ "reason": "a", "reason": "b", "for": "4h" }""")]
    public async Task A_silence_without_reason_or_time_is_refused(string body)
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("api/alerts/alert-1-none/silence", body)).Status);
    }

    [Theory]
    [InlineData("open=perhaps")]
    [InlineData("limit=many")]
    [InlineData("skip=-1")]
    [InlineData("environment=moon")]
    public async Task A_question_that_makes_no_sense_is_refused(string query)
    {
        using var response = await _dashboard.Http.GetAsync(new Uri($"api/alerts?{query}", UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    private async Task<string> RaiseAsync()
    {
        await _dashboard.Services.GetRequiredService<EventLog>().AddAsync(
            new DeploymentEvent { At = TimeProvider.System.GetUtcNow(), Environment = "staging", DeploymentId = "d1", Phase = EventPhase.Deployment, Status = EventStatus.Failed }, Token);
        var alert = await Eventually.FoundAsync(
            async () => (await _dashboard.GetAsync("api/alerts?environment=staging&open=true")).AsArray().FirstOrDefault(found => found!["rule"]!.GetValue<string>() == "phase-failed"),
            "the poll raises an alert");
        return alert["id"]!.GetValue<string>();
    }

    private async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _dashboard.Http.PostAsync(new Uri(path, UriKind.Relative), content, Token);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonNode>(Token) ?? throw new InvalidOperationException("There is no body."));
    }
}
