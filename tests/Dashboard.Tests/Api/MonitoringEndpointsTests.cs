using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Health;
using Dashboard.Operations.Metrics;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Tests.Api;

/// <summary>The original's contract of <c>/api/monitoring/deployment</c>, field by field, and what was added to it.</summary>
public sealed class MonitoringEndpointsTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string Path = "api/monitoring/deployment";
    private const string Header = "timestamp,environment,deploymentId,phase,status,duration,error";
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // What is counted here are the test's own alerts: the rules would find that nothing was ever backed up.
    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync(
        mongo, new TestDashboard.Setup { Migration = rules => rules["monitoring"]!["alertsEnabled"] = false });

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Fact]
    public async Task Answers_stats_with_the_contracts_fields_in_their_order()
    {
        Assert.Equal(
            """{"success":true,"data":{"environment":"all","deploymentCount":0,"successfulDeployments":0,"successRate":0,"averageDeploymentTime":0,"averageMigrationTime":0,"totalAlerts":0,"activeAlerts":0,"lastDeployment":null}}""",
            await TextAsync(Path));
        await PostMetricAsync("d1", "validation", "started");
        await PostMetricAsync("d1", "migration", "success", duration: 2500);
        await PostMetricAsync("d1", "verification", "success");
        await PostMetricAsync("d2", "deployment", "failed", error: "it broke");
        await AlertAsync("alert-1-aaaaaaaaa");

        var data = (await JsonAsync($"{Path}?action=stats&environment=staging"))["data"]!;

        Assert.Equal(
            ["environment", "deploymentCount", "successfulDeployments", "successRate", "averageDeploymentTime", "averageMigrationTime", "totalAlerts", "activeAlerts", "lastDeployment"],
            data.AsObject().Select(field => field.Key));
        Assert.Equal(("staging", 2, 1, 0.5, 2500.0), (data["environment"]!.GetValue<string>(), data["deploymentCount"]!.GetValue<int>(), data["successfulDeployments"]!.GetValue<int>(), data["successRate"]!.GetValue<double>(), data["averageMigrationTime"]!.GetValue<double>()));
        Assert.Equal((1, 1), (data["totalAlerts"]!.GetValue<int>(), data["activeAlerts"]!.GetValue<int>()));
        Assert.True(data["averageDeploymentTime"]!.GetValue<double>() > 0);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", data["lastDeployment"]!.GetValue<string>());
        Assert.Equal(0, (await JsonAsync($"{Path}?environment=production"))["data"]!["deploymentCount"]!.GetValue<int>());
        Assert.Equal(2, (await JsonAsync($"{Path}?from=2020-01-01"))["data"]!["deploymentCount"]!.GetValue<int>());
        Assert.Equal(0, (await JsonAsync($"{Path}?to=2020-01-01"))["data"]!["deploymentCount"]!.GetValue<int>());
    }

    [Fact]
    public async Task Gives_metrics_as_json_in_pages_and_as_csv()
    {
        await PostMetricAsync("d1", "validation", "started");
        await PostAsync("""{"action":"metric","data":{"environment":"staging","deploymentId":"d1","phase":"deployment","status":"failed","duration":0,"error":"=HYPERLINK(1)","details":{"a":[1,"x"]}}}""");
        await PostMetricAsync("d2", "backup", "warning", environment: "production");

        var metrics = (await JsonAsync($"{Path}?action=metrics"))["data"]!.AsArray();
        Assert.Equal(["timestamp", "environment", "deploymentId", "phase", "status"], metrics[0]!.AsObject().Select(field => field.Key));
        Assert.Equal(["timestamp", "environment", "deploymentId", "phase", "status", "duration", "details", "error"], metrics[1]!.AsObject().Select(field => field.Key));
        Assert.Equal("""{"a":[1,"x"]}""", metrics[1]!["details"]!.ToJsonString());
        Assert.Single((await JsonAsync($"{Path}?action=metrics&format=xml&environment=production"))["data"]!.AsArray());

        var (seen, next) = (new List<string>(), $"{Path}?action=metrics&limit=2");
        while (next is not null)
        {
            using var page = await _dashboard.Http.GetAsync(new Uri(next, UriKind.Relative), Token);
            seen.AddRange((await page.Content.ReadFromJsonAsync<JsonNode>(Token))!["data"]!.AsArray().Select(metric => metric!["phase"]!.GetValue<string>()));
            next = page.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        Assert.Equal(["validation", "deployment", "backup"], seen);
        using var csv = await _dashboard.Http.GetAsync(new Uri($"{Path}?action=metrics&format=csv", UriKind.Relative), Token);
        Assert.Equal(("text/csv", "attachment; filename=deployment-metrics.csv"), (csv.Content.Headers.ContentType?.ToString(), csv.Content.Headers.ContentDisposition?.ToString()));
        var lines = (await csv.Content.ReadAsStringAsync(Token)).Split("\r\n");
        Assert.Equal((Header, 4), (lines[0], lines.Length));
        Assert.EndsWith(",staging,d1,deployment,failed,0,'=HYPERLINK(1)", lines[2], StringComparison.Ordinal);
        Assert.Equal(Header, await TextAsync($"{Path}?action=metrics&format=csv&week={IsoWeek.Of(TimeProvider.System.GetUtcNow().AddDays(-14))}"));
    }

    [Fact]
    public async Task Counts_a_metric_once_that_is_sent_again_with_its_key()
    {
        const string Body = """{"action":"metric","data":{"environment":"staging","deploymentId":"d1","phase":"migration","status":"success","duration":100,"key":"k1"}}""";
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var response = await PostAsync(Body);
            return await response.Content.ReadAsStringAsync(Token);
        }));
        using var byHeader = await PostAsync(Body.Replace("\"key\":\"k1\"", "\"key\":\"other\"", StringComparison.Ordinal), "k1");

        Assert.Equal(1, answers.Count(answer => answer == """{"success":true,"message":"Metric recorded"}"""));
        Assert.Equal("""{"success":true,"message":"This metric had been recorded before"}""", await byHeader.Content.ReadAsStringAsync(Token));
        Assert.Single((await JsonAsync($"{Path}?action=metrics"))["data"]!.AsArray());
    }

    [Fact]
    public async Task Loses_none_of_ten_thousand_metrics_posted_at_once_and_counts_each_once()
    {
        // A socket has two ends in this process, and other tests need files too: so many are under way at once, the rest wait for a connection.
        using var connections = new SocketsHttpHandler { MaxConnectionsPerServer = 500 };
        using var http = new HttpClient(connections) { BaseAddress = _dashboard.Http.BaseAddress, Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = _dashboard.Http.DefaultRequestHeaders.Authorization;
        var statuses = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(async number =>
        {
            using var request = RequestOf(MetricOf($"d{number / 2}", number % 2 == 0 ? "validation" : "verification", number % 2 == 0 ? "started" : "success"));
            using var response = await http.SendAsync(request, Token);
            return response.StatusCode;
        }));

        Assert.Equal([HttpStatusCode.OK], statuses.Distinct());
        var data = (await JsonAsync(Path))["data"]!;
        Assert.Equal((5_000, 5_000), (data["deploymentCount"]!.GetValue<int>(), data["successfulDeployments"]!.GetValue<int>()));
        Assert.Equal(10_001, (await TextAsync($"{Path}?action=metrics&format=csv")).Split("\r\n").Length);
    }

    [Fact]
    public async Task Says_in_the_trail_who_posted_metrics_and_how_many_without_an_entry_for_each()
    {
        for (var metric = 0; metric < 5; metric++)
            await PostMetricAsync($"d{metric}", "deployment", "success");
        await PostMetricAsync("d1", "deployment", "success", environment: "production");
        await AlertAsync("alert-1-aaaaaaaaa");
        await PostAsync("""{"action":"resolve-alert","data":{"alertId":"alert-1-aaaaaaaaa","resolution":"gone"}}""");
        await _dashboard.Services.GetRequiredService<AuditTallies>().WriteAsync(Token);

        var posted = await FactsAsync("post-event");
        Assert.Equal(["production", "staging"], posted.Select(fact => fact.Environment).Order(StringComparer.Ordinal));
        Assert.All(posted, fact => Assert.Matches(@"^a test \(dnd_.{8}…\)$", fact.Actor));
        Assert.Equal([AuditOutcome.Done, AuditOutcome.Asked], (await FactsAsync("resolve-alert")).Select(fact => fact.Outcome));
        var tallies = await _dashboard.Own.GetCollection<BsonDocument>("auditTallies").Find(new BsonDocument("isCounted", true)).ToListAsync(Token);
        Assert.Equal([1L, 5L], tallies.Select(tally => tally["count"].ToInt64()).Order());
    }

    [Theory]
    [InlineData("api/alerts?environment=staging&open=true&limit=100")]
    [InlineData("api/monitoring/deployment?action=alerts&environment=staging&open=true&limit=100")]
    public async Task Every_open_alert_is_on_one_page_behind_the_links(string path)
    {
        // Older ones would end by themselves meanwhile.
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await _dashboard.Own.GetCollection<BsonDocument>("alerts").InsertManyAsync(
            Enumerable.Range(0, 230).Select(number => new BsonDocument
            {
                ["_id"] = $"alert-{number:000}",
                ["key"] = $"k{number}",
                ["slot"] = $"k{number}",
                ["environment"] = "staging",
                ["rule"] = "phase-failed",
                ["severity"] = "Error",
                ["title"] = "t",
                ["message"] = "m",
                ["raisedAt"] = now.AddSeconds(number / 7),
                ["seenAt"] = now,
                ["times"] = 1,
                ["isOpen"] = true,
                ["isTrimmed"] = false,
                ["isDismissed"] = false,
            }),
            cancellationToken: Token);

        var (ids, pages) = (new List<string>(), 0);
        for (string? next = path; next is not null; pages++)
        {
            using var answer = await _dashboard.Http.GetAsync(new Uri(next, UriKind.RelativeOrAbsolute), Token);
            var body = await answer.Content.ReadFromJsonAsync<JsonNode>(Token);
            ids.AddRange((body as JsonArray ?? body!["data"]!.AsArray()).Select(alert => alert!["id"]!.GetValue<string>()).Where(id => id.Length == "alert-000".Length));
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        Assert.Equal(Enumerable.Range(0, 230).Select(number => $"alert-{number:000}"), ids.Order(StringComparer.Ordinal));
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task Resolves_an_alert_that_there_is_and_raises_none()
    {
        await AlertAsync("alert-1-aaaaaaaaa");

        using var unknown = await PostAsync("""{"action":"resolve-alert","data":{"alertId":"alert-2-bbbbbbbbb","resolution":"done"}}""");
        using var known = await PostAsync("""{"action":"resolve-alert","data":{"alertId":"alert-1-aaaaaaaaa","resolution":"done"}}""");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (unknown.StatusCode, known.StatusCode));
        var alert = Assert.Single((await JsonAsync($"{Path}?action=alerts"))["data"]!.AsArray())!;
        Assert.Equal(["id", "timestamp", "severity", "title", "message", "environment", "deploymentId", "resolved", "resolvedAt"], alert.AsObject().Select(field => field.Key));
        Assert.True(alert["resolved"]!.GetValue<bool>());
        Assert.Empty((await JsonAsync($"{Path}?action=alerts&open=true"))["data"]!.AsArray());
    }

    [Fact]
    public async Task Tells_its_health_from_what_was_checked_and_what_was_not_as_unknown()
    {
        var before = await JsonAsync($"{Path}?action=health&environment=staging");
        await _dashboard.Services.GetRequiredService<HealthHistory>().SaveAsync(
            new HealthReport { Environment = "staging", At = TimeProvider.System.GetUtcNow(), Checks = [new HealthCheck("/api/health", HealthState.Degraded, 5, "slow"), new HealthCheck("ping", HealthState.Healthy, 1, "ok")] }, Token);

        var after = await JsonAsync($"{Path}?action=health&environment=staging");

        Assert.Equal(["status", "timestamp", "monitor", "endpoints"], after.AsObject().Select(field => field.Key));
        Assert.Equal(["initialized", "environment", "enabled"], after["monitor"]!.AsObject().Select(field => field.Key));
        Assert.Equal("""{"api":"degraded","database":"ok","external":"unknown"}""", after["endpoints"]!.ToJsonString());
        Assert.Equal("degraded", after["status"]!.GetValue<string>());
        Assert.NotEqual("ok", before["status"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("?action=dance", "Invalid action: dance. There are stats, metrics, alerts, health.")]
    [InlineData("?from=yesterday", "from and to are moments such as 2026-11-16 or 2026-11-16T08:00:00Z.")]
    [InlineData("?from=2026-02-02&to=2026-02-01", "from is not before to.")]
    [InlineData("?week=2026-W60", "week is an ISO week such as 2026-W47.")]
    [InlineData("?action=metrics&limit=0", "limit is a number from 1 to 1000.")]
    [InlineData("?action=metrics&after=x", "after is not what a Link header gave.")]
    [InlineData("?environment=a&environment=b", "environment is given more than once.")]
    public async Task Refuses_a_question_it_cannot_answer_in_the_contracts_shape(string query, string error)
    {
        using var response = await _dashboard.Http.GetAsync(new Uri(Path + query, UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var body = (await response.Content.ReadFromJsonAsync<JsonNode>(Token))!;
        Assert.Equal(["success", "error"], body.AsObject().Select(field => field.Key));
        Assert.Equal((false, error), (body["success"]!.GetValue<bool>(), body["error"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("""{"action":"metric","data":{"environment":"staging","deploymentId":"d","phase":"deployment"}}""", 400, "Missing required fields: environment, deploymentId, phase, status")]
    [InlineData("""{"action":"metric"}""", 400, "Missing required fields: environment, deploymentId, phase, status")]
    [InlineData("""{"action":"metric","data":{"environment":"moon","deploymentId":"d","phase":"deployment","status":"success"}}""", 422, "environment is none of staging, production.")]
    [InlineData("""{"action":"metric","data":{"environment":"staging","deploymentId":"d","phase":"Deployment","status":"success"}}""", 422, "phase is none of validation, backup, migration, deployment, verification, rollback.")]
    [InlineData("""{"action":"metric","data":{"environment":"staging","deploymentId":"d","phase":"deployment","status":"1"}}""", 422, "status is none of started, success, warning, error, failed.")]
    [InlineData("""{"action":"metric","data":{"environment":"staging","deploymentId":"d","phase":"deployment","status":"success","duration":"5"}}""", 422, "duration is not a number of milliseconds from 0 to a century.")]
    [InlineData("""{"action":"metric","data":{"environment":"staging","deploymentId":"d","phase":"deployment","status":"success","duration":1e999}}""", 422, "duration is not a number of milliseconds from 0 to a century.")]
    [InlineData("""{"action":"resolve-alert","data":{}}""", 400, "Missing required field: alertId")]
    [InlineData("""{"action":"dance"}""", 400, "Invalid action: dance. There are metric, resolve-alert.")]
    [InlineData("[1]", 400, "The body is not a JSON object.")]
    [InlineData("{", 400, "The body is not JSON (line 1, byte 2): Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed.")]
    [InlineData("""{"action":"metric","action":"metric"}""", 400, "The body is not JSON: Duplicate property 'action' encountered during deserialization.")]
    public async Task Refuses_a_body_with_what_is_wrong_with_it_and_stores_nothing(string body, int status, string error)
    {
        using var response = await PostAsync(body);

        Assert.Equal((status, error), ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>(Token))!["error"]!.GetValue<string>()));
        Assert.Empty((await JsonAsync($"{Path}?action=metrics"))["data"]!.AsArray());
    }

    [Fact]
    public async Task Refuses_a_metric_of_an_environment_whose_metrics_are_switched_off()
    {
        await using var quiet = await TestDashboard.StartAsync(mongo, new() { Migration = rules => (rules["monitoring"] ??= new JsonObject())["metricsEnabled"] = false });
        using var body = new StringContent("""{"action":"metric","data":{"environment":"staging","deploymentId":"d","phase":"deployment","status":"success"}}""", Encoding.UTF8, "application/json");

        using var response = await quiet.Http.PostAsync(new Uri(Path, UriKind.Relative), body, Token);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(
            "Metrics of staging are switched off: set monitoring.metricsEnabled of config/migration.staging.json, and start the dashboard again.",
            (await response.Content.ReadFromJsonAsync<JsonNode>(Token))!["error"]!.GetValue<string>());
    }

    private Task<string> TextAsync(string path) => _dashboard.Http.GetStringAsync(new Uri(path, UriKind.Relative), Token);

    private Task<JsonNode> JsonAsync(string path) => _dashboard.GetAsync(path);

    private async Task<HttpResponseMessage> PostAsync(string body, string? key = null)
    {
        using var request = RequestOf(body, key);
        return await _dashboard.Http.SendAsync(request, Token);
    }

    private Task<HttpResponseMessage> PostMetricAsync(string deployment, string phase, string status, double? duration = null, string? error = null, string environment = "staging") =>
        PostAsync(MetricOf(deployment, phase, status, duration, error, environment));

    private static HttpRequestMessage RequestOf(string body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    private static string MetricOf(string deployment, string phase, string status, double? duration = null, string? error = null, string environment = "staging") =>
        new JsonObject { ["action"] = "metric", ["data"] = new JsonObject { ["environment"] = environment, ["deploymentId"] = deployment, ["phase"] = phase, ["status"] = status, ["duration"] = duration, ["error"] = error } }.ToJsonString();

    private Task AlertAsync(string id) => _dashboard.Own.GetCollection<Alert>("alerts").InsertOneAsync(
        new Alert { Id = id, Key = id, Environment = "staging", Rule = "phase-failed", Severity = AlertSeverity.Error, Title = "t", Message = "m", RaisedAt = TimeProvider.System.GetUtcNow(), SeenAt = TimeProvider.System.GetUtcNow() }, cancellationToken: Token);

    private async Task<IReadOnlyList<AuditFact>> FactsAsync(string action) =>
        [.. (await _dashboard.Services.GetRequiredService<AuditHistory>().ListAsync(new AuditQuery(Action: action, Limit: 100), Token)).Select(entry => entry.Fact)];
}
