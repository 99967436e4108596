using System.Net;
using System.Text.RegularExpressions;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Maintenance;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.StatusPage;

/// <summary>The public addresses of the running dashboard, asked as anybody asks.</summary>
public sealed partial class StatusEndpointsTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string WindowRun = "6b04da488268d8871e3b1aec";

    private static readonly string[] Forms =
    [
        "status", "status/status.atom", "status/status.rss", "status/maintenance.ics", "status/badges/production-database.svg", "status/badges/production-database.json",
        "api/v2/summary.json", "api/v2/status.json", "api/v2/components.json", "api/v2/incidents.json", "api/v2/incidents/unresolved.json",
        "api/v2/scheduled-maintenances.json", "api/v2/scheduled-maintenances/upcoming.json", "api/v2/scheduled-maintenances/active.json",
    ];

    private FaultProxy _proxy = null!;
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        _dashboard = await TestDashboard.StartAsync(mongo, new TestDashboard.Setup { ConnectionString = _proxy.Through(mongo.ConnectionString) });
    }

    public async ValueTask DisposeAsync()
    {
        _proxy.Faults = ProxyFaults.None;
        await _dashboard.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Who_crawls_everything_public_finds_nothing_of_the_inside()
    {
        var id = await OpenAsync();
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var left = new Queue<string>(Forms);
        while (left.TryDequeue(out var path))
        {
            if (seen.ContainsKey(path))
                continue;
            var (answer, text) = await GetAsync(path);
            using (answer)
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            seen[path] = text;
            foreach (var link in Links().Matches(text).Select(match => match.Groups["link"].Value).Where(link => link.StartsWith("/status", StringComparison.Ordinal) || link.StartsWith("/api", StringComparison.Ordinal)))
                left.Enqueue(link.TrimStart('/'));
        }

        Assert.Contains($"status/incidents/{id}", seen.Keys);
        Assert.Contains("We know the cause.", seen["status"], StringComparison.Ordinal);
        Assert.All(seen, page => Assert.All(
            ["127.0.0.1", "fly.dev", "dnd-tracker-", "tess", "db-7", WindowRun, "New hosts", "a reason", "root cause inside", _dashboard.Staging.DatabaseNamespace.DatabaseName],
            secret => Assert.DoesNotContain(secret, page.Value, StringComparison.OrdinalIgnoreCase)));
        Assert.All(seen, page => Assert.DoesNotMatch(InternalId(), page.Value));
        Assert.All(seen, page => Assert.DoesNotMatch(Version(), page.Value));
        Assert.All(seen, page => Assert.DoesNotMatch(Mail(), page.Value));
    }

    [Fact]
    public async Task Every_form_is_answered_safely_cached_for_seconds_and_sent_once()
    {
        foreach (var path in Forms)
        {
            using var first = (await GetAsync(path)).Answer;
            var tag = first.Headers.ETag!;
            using var again = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            again.Headers.IfNoneMatch.Add(tag);
            using var second = await _dashboard.Http.SendAsync(again, Token);

            Assert.True(second.StatusCode == HttpStatusCode.NotModified || !tag.Equals(second.Headers.ETag), $"{path} was sent again under the same tag.");
            Assert.All([first, second], answer =>
            {
                Assert.Equal("default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; report-uri /policy-reports", Header(answer, "Content-Security-Policy"));
                Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
                Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
                Assert.Equal((true, TimeSpan.FromSeconds(2)), (answer.Headers.CacheControl!.Public, answer.Headers.CacheControl.MaxAge));
                Assert.False(answer.Headers.Contains("Set-Cookie"), $"{path} sets a cookie.");
                Assert.Equal(path == "status" ? "same-origin" : "cross-origin", Header(answer, "Cross-Origin-Resource-Policy"));
            });
        }
    }

    [Fact]
    public async Task The_page_has_no_script_and_no_circuit()
    {
        var (answer, text) = await GetAsync("status");
        using (answer)
            Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);

        Assert.StartsWith("<!DOCTYPE html>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("blazor", text, StringComparison.OrdinalIgnoreCase);
        using var style = (await GetAsync("css/status.css")).Answer;
        Assert.Equal("text/css", style.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task An_edit_is_on_the_page_with_the_next_look()
    {
        await GetAsync("status");
        var id = await OpenAsync();
        Assert.Contains("We know the cause.", (await GetAsync("status")).Text, StringComparison.Ordinal);

        await _dashboard.Services.GetRequiredService<IncidentBook>().ResolveAsync(id, "It is over now.", "Tess", Token);

        Assert.Contains("It is over now.", (await GetAsync($"status/incidents/{id}")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("We know the cause.", (await GetAsync("status")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status/incidents/000000000000")]
    [InlineData("status/incidents/..%2f..%2fetc")]
    [InlineData("status/badges/moon-database.svg")]
    public async Task What_is_not_public_is_a_plain_page_of_its_own(string path)
    {
        var (answer, text) = await GetAsync(path);

        using (answer)
        {
            Assert.Equal((HttpStatusCode.NotFound, "nosniff"), (answer.StatusCode, Header(answer, "X-Content-Type-Options")));
            Assert.Contains("There is no such page", text, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task The_last_good_page_outlives_the_store_and_says_so()
    {
        await OpenAsync();
        await GetAsync("status");

        _proxy.Faults = new ProxyFaults { Down = true };
        await Eventually.TrueAsync(async () => (await GetAsync("status")).Text.Contains("cannot reach its own data", StringComparison.Ordinal), "the page says that the store is away");

        var (answer, text) = await GetAsync("status");
        using (answer)
            Assert.Equal((HttpStatusCode.OK, "5"), (answer.StatusCode, Header(answer, "Retry-After")));
        Assert.Contains("We know the cause.", text, StringComparison.Ordinal);
        using (var json = (await GetAsync("api/v2/summary.json")).Answer)
            Assert.Equal(HttpStatusCode.OK, json.StatusCode);

        _proxy.Faults = ProxyFaults.None;
        await Eventually.TrueAsync(async () => !(await GetAsync("status")).Text.Contains("cannot reach its own data", StringComparison.Ordinal), "the page is true again");
    }

    private async Task<string> OpenAsync()
    {
        await _dashboard.Own.GetCollection<MaintenanceWindow>("maintenanceWindows").InsertOneAsync(
            new MaintenanceWindow
            {
                Id = WindowRun,
                Environment = "staging",
                Title = "New hosts",
                Notice = "We move.",
                Start = TimeProvider.System.GetUtcNow().AddHours(1),
                End = TimeProvider.System.GetUtcNow().AddHours(2),
                State = WindowState.Planned,
                Actor = "tess",
                Reason = "a reason",
                RunIds = [WindowRun],
            },
            cancellationToken: Token);
        var book = _dashboard.Services.GetRequiredService<IncidentBook>();
        var opened = await book.OpenAsync(
            new IncidentDraft(IncidentId.New(), "Characters cannot be saved", IncidentSeverity.Major, IncidentKind.Database, [new IncidentComponent("production", ComponentPart.Database, ComponentState.PartialOutage)], "We know the cause."),
            "tess@example.org",
            Token);
        var id = Assert.IsType<Incident>(opened.Incident).Id;
        await book.NoteAsync(id, "n1", "The host db-7.internal is full; version 1.2.3.", "tess@example.org", Token);
        await book.FindCauseAsync(id, "The root cause inside.", Token);
        return id;
    }

    private async Task<(HttpResponseMessage Answer, string Text)> GetAsync(string path)
    {
        var answer = await _dashboard.Http.GetAsync(new Uri(path, UriKind.Relative), Token);
        return (answer, await answer.Content.ReadAsStringAsync(Token));
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));

    [GeneratedRegex("href=\"(?<link>[^\"#]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();

    [GeneratedRegex("\\b[0-9a-f]{24}\\b", RegexOptions.None, 1000)]
    private static partial Regex InternalId();

    [GeneratedRegex("\\b\\d+\\.\\d+\\.\\d+\\b", RegexOptions.None, 1000)]
    private static partial Regex Version();

    [GeneratedRegex("[\\w.+-]+@[\\w-]+\\.\\w+", RegexOptions.None, 1000)]
    private static partial Regex Mail();
}
