using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dashboard.Operations.Configuration;
using Dashboard.Telemetry;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dashboard.Tests.Telemetry;

/// <summary>The meters are the process's: a second dashboard beside this one would answer in its gauges too.</summary>
[CollectionDefinition("Alone in the process", DisableParallelization = true)]
public sealed class AloneInTheProcess;

[Collection("Alone in the process")]
public sealed class TelemetryTests(MongoFixture mongo) : IAsyncLifetime
{
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync(mongo);

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Fact]
    public async Task Tells_Prometheus_how_everything_stands_in_base_units()
    {
        await _dashboard.FillStagingAsync();
        using var accepted = await _dashboard.StartOperationAsync("create-backup", """{ "environment": "staging", "reason": "Measure it" }""");
        var run = await _dashboard.EndOfAsync((await accepted.Content.ReadFromJsonAsync<JsonNode>(Token))!["id"]!.GetValue<string>());
        Assert.Equal("succeeded", run["state"]!.GetValue<string>());

        // The lease is given back right after the run's end is stored, so the first look may still see it.
        var text = string.Empty;
        await Eventually.TrueAsync(
            async () =>
            {
                await _dashboard.Services.GetRequiredService<StandingPoll>().ReadAsync(Token);
                text = await ScrapeAsync();
                return Value(text, "dashboard_lease_held", ("environment", "staging")) == 0;
            },
            "the lease is free");

        Assert.Equal(1, Value(text, "dashboard_store_up"));
        Assert.Equal(0, Value(text, "dashboard_maintenance_active", ("environment", "production")));
        Assert.Equal(0, Value(text, "dashboard_run_active", ("operation", "create-backup"), ("environment", "staging")));
        Assert.Equal(1, Value(text, "dashboard_run_duration_seconds_count", ("operation", "create-backup"), ("environment", "staging"), ("outcome", "succeeded")));
        Assert.InRange(Value(text, "dashboard_run_duration_seconds_sum", ("operation", "create-backup"), ("environment", "staging"), ("outcome", "succeeded")), 0.0001, 60);
        Assert.InRange(Value(text, "dashboard_standing_age_seconds"), 0, 60);

        // No backup was ever proven, so there is no age to tell.
        Assert.DoesNotContain("\ndashboard_backup_proven_age_seconds{", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_of_the_http_interface_names_its_paths_and_is_browsable()
    {
        using var document = JsonDocument.Parse(await _dashboard.Http.GetStringAsync(new Uri("api/openapi.json", UriKind.Relative), Token));
        using var page = await _dashboard.Http.GetAsync(new Uri("api/docs/", UriKind.Relative), Token);
        var html = await page.Content.ReadAsStringAsync(Token);

        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.True(document.RootElement.GetProperty("paths").TryGetProperty("/api/runs/{id}", out _));
        Assert.Equal(
            ["bytes", "documents", "expectedBytes", "expectedDocuments", "name", "state"],
            document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("CollectionAnswer").GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotMatch(new Regex("(src|href)=\"https?://", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)), html);
    }

    [Fact]
    public async Task Sends_figures_and_spans_to_an_OTLP_receiver_when_its_address_is_set()
    {
        var received = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var receiver = builder.Build();
        receiver.Urls.Add("http://127.0.0.1:0");
        receiver.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, CancellationToken.None);
            received.AddOrUpdate(context.Request.Path.Value!, Text(body), (_, before) => before + Text(body));
        });
        await receiver.StartAsync(Token);
        await using (var dashboard = await TestDashboard.StartAsync(mongo, new TestDashboard.Setup
        {
            Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Urls.First(), ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" },
        }))
        {
            using var accepted = await dashboard.StartOperationAsync("check-health", """{ "environment": "staging", "reason": "Trace it" }""");
            await dashboard.EndOfAsync((await accepted.Content.ReadFromJsonAsync<JsonNode>(Token))!["id"]!.GetValue<string>());
        }

        // What has not been sent yet is sent when the dashboard stops.
        Assert.Contains("dashboard.run.duration", received["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("check-health", received["/v1/traces"], StringComparison.Ordinal);

        static string Text(MemoryStream body) => Encoding.Latin1.GetString(body.ToArray());
    }

    [Fact]
    public async Task Refuses_to_start_with_an_OTLP_address_that_is_none()
    {
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => TestDashboard.StartAsync(
            mongo, new TestDashboard.Setup { Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector" } }));

        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT", refused.Message, StringComparison.Ordinal);
    }

    private async Task<string> ScrapeAsync()
    {
        using var answer = await _dashboard.Http.GetAsync(new Uri("metrics", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    private static double Value(string text, string name, params (string Key, string Value)[] labels)
    {
        var line = Assert.Single(text.Split('\n'), line =>
            (line.StartsWith($"{name}{{", StringComparison.Ordinal) || line.StartsWith($"{name} ", StringComparison.Ordinal))
            && labels.All(label => line.Contains($"{label.Key}=\"{label.Value}\"", StringComparison.Ordinal)));
        return double.Parse(line.Split('}')[^1].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
