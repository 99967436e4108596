using System.Net;
using System.Net.Http.Headers;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Hosting;

/// <summary>Two dashboards on one MongoDB: sign-ins, tokens, leases and runs are the same at both, and what happens at one is seen at the other.</summary>
public sealed class TwoDashboardsTests(MongoFixture mongo) : IAsyncLifetime
{
    private static readonly Asker Asker = new("Vic", "administrator", Door.CommandLine, "host");
    private TestDashboard _one = null!;
    private TestDashboard _other = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _one = await TestDashboard.StartAsync(mongo);
        _other = await TestDashboard.StartAsync(mongo, new TestDashboard.Setup { Beside = _one });
    }

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task A_sign_in_at_one_is_one_at_the_other_and_its_end_too()
    {
        var account = (await _one.Services.GetRequiredService<AccountBook>().CreateAsync("Tess", "heavy rain over the old mill", Role.Operator, Asker, Token)).Account!;
        var secret = await _one.Services.GetRequiredService<Sessions>().BeginAsync(account, "127.0.0.1", "a test", Token);
        var elsewhere = _other.Services.GetRequiredService<Sessions>();

        var live = await elsewhere.UseAsync(Sessions.IdOf(secret), Token);
        Assert.Equal("Tess", live?.Account.Name);
        await _one.Services.GetRequiredService<Sessions>().EndAsync(live!, Asker, Token);
        Assert.Null(await elsewhere.UseAsync(Sessions.IdOf(secret), Token));
        Assert.Equal("hidden", Protector(_other).Unprotect(Protector(_one).Protect("hidden")));
    }

    [Fact]
    public async Task A_token_of_one_opens_the_other_until_it_is_revoked_at_either()
    {
        var token = await _one.TokenAsync(Role.Viewer);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(token));
        await _one.Services.GetRequiredService<ApiTokens>().RevokeAsync(token[..12], Asker, Token);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(token));
    }

    [Fact]
    public async Task A_run_of_one_is_live_at_the_other_and_holds_its_environment_there_too()
    {
        IReadOnlyList<Run> seen = [];
        using var feed = _other.Services.GetRequiredService<RunFeed>().FollowRecent(10, runs => seen = runs);
        await _one.FillStagingAsync(20_000);

        using var started = await _one.StartOperationAsync("create-backup", """{"environment":"staging","reason":"here"}""");
        using var second = await _other.StartOperationAsync("create-backup", """{"environment":"staging","reason":"there"}""");

        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        var id = System.Text.Json.Nodes.JsonNode.Parse(await started.Content.ReadAsStringAsync(Token))!["id"]!.GetValue<string>();
        Assert.True(second.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.Accepted);
        Assert.Equal("succeeded", (await _other.EndOfAsync(id))["state"]!.GetValue<string>());
        await Eventually.TrueAsync(() => seen.Any(run => run.Id == id && run.State == RunState.Succeeded), "the other dashboard's pages show the end");
        var entries = await _other.Services.GetRequiredService<AuditHistory>().ListAsync(new AuditQuery(Action: "create-backup", Limit: 100), Token);
        await Eventually.TrueAsync(
            async () => (entries = await _other.Services.GetRequiredService<AuditHistory>().ListAsync(new AuditQuery(Action: "create-backup", Limit: 100), Token)).Count(entry => entry.Fact.RequestId == id) == 2,
            "the trail has its beginning and its end");
    }

    private static IDataProtector Protector(TestDashboard dashboard) => dashboard.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("a test");

    private async Task<HttpStatusCode> AskAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/runs") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await _other.Anonymous.SendAsync(request, Token);
        return answer.StatusCode;
    }
}
