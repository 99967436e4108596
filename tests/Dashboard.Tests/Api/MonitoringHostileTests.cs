using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;

namespace Dashboard.Tests.Api;

/// <summary>BI1: whatever bytes come as body, header or query, the answer is never a 5xx and never a stack trace, and nothing that was refused is stored.</summary>
public sealed class MonitoringHostileTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string Path = "api/monitoring/deployment";
    private static readonly string[] Odd =
    [
        "", "\0", "\u202E", "\r\nX-Evil: 1", "' OR 1=1", "$ne", "a.b", "../..", "NaN", "1e999", "-1", "9223372036854775808", "2026-W99", "0001-01-01", "9999-12-31T23:59:59Z", "\uFFFF", "🐉",
        "null", "true", "{}", "[]", "=1+1", "<script>alert(1)</script>", "%00", "%c0%ae", new('x', 5_000),
    ];

    private static readonly string[] Raw =
    [
        "", "{", "[]", "null", "\"\\ud800\"", "{\"action\":\"\\ud800\"}", "{\"\\ud800\":1}", "{\"action\":\"metric\",\"data\":{\"environment\":\"\\ud800\",\"deploymentId\":\"\\udc00\",\"phase\":1,\"status\":true}}",
        "{\"action\":\"metric\",\"data\":[]}", "{\"action\":[],\"data\":1}", "{\"action\":\"metric\",\"action\":1}", "\uFEFF{}", "{\"action\":\"resolve-alert\",\"data\":{\"alertId\":{\"$ne\":1}}}",
        "{\"action\":\"resolve-alert\",\"data\":{\"alertId\":\"\\u0000\",\"resolution\":5}}", new string('[', 1_000) + new string(']', 1_000), "{\"a\":" + new string('1', 30_000) + "}", new('x', 70_000),
    ];

    private TestDashboard _dashboard = null!;

    private static Gen<string> Text => Gen.OneOf(Gen.Int[0, Odd.Length - 1].Select(index => Odd[index]), Gen.String[0, 30]);

    private static Gen<byte[]> Bodies => Gen.OneOf(
        Gen.Byte.Array[0, 200],
        Gen.Int[0, Raw.Length - 1].Select(index => Encoding.UTF8.GetBytes(Raw[index])),
        Gen.Select(Text, Text, Text, Text).Select((environment, id, phase, error) => Encoding.UTF8.GetBytes(new JsonObject
        {
            ["action"] = "metric",
            ["data"] = new JsonObject { ["environment"] = environment, ["deploymentId"] = id, ["phase"] = phase, ["status"] = "success", ["error"] = error, ["details"] = new JsonObject { [error] = id }, ["key"] = id },
        }.ToJsonString())),
        Gen.Select(Text, Text).Select((id, error) => Encoding.UTF8.GetBytes(new JsonObject
        {
            ["action"] = "metric",
            ["data"] = new JsonObject { ["environment"] = "staging", ["deploymentId"] = id, ["phase"] = "backup", ["status"] = "success", ["error"] = error, ["details"] = new JsonObject { [error] = id } },
        }.ToJsonString())));

    private static Gen<(string Key, string Value)[]> Queries => Gen.Select(OneOf("action", "environment", "format", "from", "to", "week", "limit", "after", "open", "x"), Gen.OneOf(Text, OneOf("metrics", "csv", "alerts", "health", "stats", "2026-W47"))).Array[0, 5];

    private static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(index => words[index]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync(mongo);

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Fact]
    public async Task No_body_and_no_header_makes_it_fail() =>
        await Gen.Select(Bodies, Text, OneOf("application/json", "text/plain", "application/x-www-form-urlencoded", "x")).SampleAsync(
            async (body, key, type) =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Path, UriKind.Relative)) { Content = new ByteArrayContent(body) };
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
                if (key.All(letter => letter is > ' ' and < '\x7F'))
                    request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
                using var response = await _dashboard.Http.SendAsync(request, Token);
                await IsProperAsync(response);
            },
            iter: FaultCounts.Of(quick: 400, full: 20_000));

    [Fact]
    public async Task No_query_makes_it_fail() =>
        await Queries.SampleAsync(
            async query =>
            {
                var text = string.Join('&', query.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
                using var response = await _dashboard.Http.GetAsync(new Uri($"{Path}?{text}", UriKind.Relative), Token);
                await IsProperAsync(response);
            },
            iter: FaultCounts.Of(quick: 400, full: 20_000));

    [Fact]
    public async Task Keeps_what_it_took_readable_whatever_that_was()
    {
        foreach (var text in Odd.Where(text => text.Length < 200))
        {
            var body = new JsonObject
            {
                ["action"] = "metric",
                ["data"] = new JsonObject { ["environment"] = "staging", ["deploymentId"] = "d", ["phase"] = "backup", ["status"] = "error", ["error"] = text, ["details"] = new JsonObject { ["$" + text] = text } },
            };
            using var content = new StringContent(body.ToJsonString());
            using var response = await _dashboard.Http.PostAsync(new Uri(Path, UriKind.Relative), content, Token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        var metrics = (await _dashboard.GetAsync($"{Path}?action=metrics"))["data"]!.AsArray();

        Assert.Equal(Odd.Where(text => text.Length < 200), metrics.Select(metric => metric!["error"]?.GetValue<string>() ?? string.Empty));
    }

    private static async Task IsProperAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True((int)response.StatusCode < 500 || text.Contains("\"monitor\"", StringComparison.Ordinal), $"{response.StatusCode}: {text}");
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        if ((int)response.StatusCode is >= 400 and < 500 && response.StatusCode is not HttpStatusCode.MethodNotAllowed && text.Length > 0)
            Assert.Contains("\"error\":", text, StringComparison.Ordinal);
    }
}
