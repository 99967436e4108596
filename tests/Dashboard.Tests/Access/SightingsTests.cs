using System.Net;
using System.Net.Http.Headers;
using Dashboard.Components.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Logs;
using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Access;

/// <summary>Who saw what, in the trail: on pages and over HTTP, once in a quarter of an hour for each, of whoever is known.</summary>
public sealed class SightingsTests(MongoFixture mongo) : IAsyncLifetime
{
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync(mongo);

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Fact]
    public async Task A_person_who_looks_at_logs_and_a_run_has_an_entry_for_each_however_often_the_page_reads()
    {
        await _dashboard.FillStagingAsync();
        var runId = await RunAsync();
        var page = await OpenPage.AsAsync(_dashboard, "Vi", Role.Viewer);
        var desk = page.Get<IDesk>();

        for (var read = 0; read < 4; read++)
        {
            await desk.LogsAsync(new LogQuery("staging", DateTimeOffset.UnixEpoch), Token);
            await desk.FindRunAsync(runId, Token);
            await desk.FindRunAsync("none", Token);
            await desk.FindBackupAsync((await desk.BackupsAsync(Token)).Sections.SelectMany(section => section.Backups).First().Manifest.Archive, Token);
            await desk.FindBackupAsync("none", Token);
        }

        await AssertSeenAsync("Vi", Door.Button, ["read-backup", "read-logs staging", $"read-run-log {runId}"]);
    }

    [Fact]
    public async Task A_token_that_reads_logs_a_run_and_the_jobs_has_an_entry_for_each_and_none_of_what_was_not_there()
    {
        var runId = await RunAsync();
        using var http = await AsAsync(Role.Administrator);

        for (var read = 0; read < 4; read++)
        {
            foreach (var path in new[] { "api/logs/staging", $"api/runs/{runId}/log", "hangfire" })
                Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(path, UriKind.Relative), Token)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("api/logs/nowhere", UriKind.Relative), Token)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("api/runs/none/log", UriKind.Relative), Token)).StatusCode);
            Assert.NotEqual(HttpStatusCode.OK, (await _dashboard.Anonymous.GetAsync(new Uri("api/logs/staging", UriKind.Relative), Token)).StatusCode);
        }

        await AssertSeenAsync("a test (dnd_", Door.Api, ["read-jobs /hangfire", "read-logs staging", $"read-run-log {runId}"]);
    }

    [Fact]
    public async Task Whoever_may_not_see_the_jobs_has_the_refusal_alone()
    {
        using var http = await AsAsync(Role.Viewer);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(new Uri("hangfire", UriKind.Relative), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("api/logs/staging", UriKind.Relative), Token)).StatusCode);

        await Eventually.TrueAsync(async () => (await EntriesAsync("read-logs")).Count == 1, "the look is written");
        Assert.Equal([AuditOutcome.Refused], (await EntriesAsync("read-jobs")).Select(fact => fact.Outcome));
    }

    [Fact]
    public async Task An_administrator_who_turns_the_pages_of_the_trail_has_one_entry()
    {
        var page = await OpenPage.AsAsync(_dashboard, "Ada", Role.Administrator);
        var access = page.Get<IAccessDesk>();

        for (var read = 0; read < 3; read++)
        {
            await access.AuditAsync(new AuditQuery(Below: 100 - read, Limit: 5), Token);
            await access.ReadAsync(Token);
        }

        Assert.Single(await EntriesAsync("read-audit"));
        Assert.Single(await EntriesAsync("list-access"));
    }

    private async Task<string> RunAsync()
    {
        using var started = await _dashboard.StartOperationAsync("create-backup", """{"environment":"staging","reason":"a test"}""");
        var id = started.Headers.Location!.ToString().Split('/')[^1];
        await _dashboard.EndOfAsync(id);
        return id;
    }

    private async Task<HttpClient> AsAsync(Role role)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = _dashboard.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await _dashboard.TokenAsync(role));
        return http;
    }

    /// <summary>Waits for the last, which is noted last, and then counts.</summary>
    private async Task AssertSeenAsync(string who, Door door, string[] what)
    {
        var seen = await Eventually.GetAsync(
            async () => (await Task.WhenAll(Sightings.Actions.Select(EntriesAsync))).SelectMany(facts => facts).Where(fact => fact.Actor.StartsWith(who, StringComparison.Ordinal)).ToList(),
            facts => facts.Count >= what.Length);
        await _dashboard.Services.GetRequiredService<AuditTallies>().WriteAsync(Token);
        Assert.Equal(what, seen.Select(fact => fact.Action == Sightings.Backup ? fact.Action : $"{fact.Action} {fact.Target}").Order(StringComparer.Ordinal));
        Assert.All(seen, fact => Assert.Equal((AuditOutcome.Done, door), (fact.Outcome, fact.Door)));
    }

    private async Task<IReadOnlyList<AuditFact>> EntriesAsync(string action) =>
        [.. (await _dashboard.Services.GetRequiredService<AuditHistory>().ListAsync(new AuditQuery(Action: action, Limit: 1_000), Token)).Select(entry => entry.Fact)];
}
