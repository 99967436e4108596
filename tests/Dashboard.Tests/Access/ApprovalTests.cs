using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dashboard.Access;
using Dashboard.Components.Approvals;
using Dashboard.Components.Shared;
using Dashboard.Operations.Access;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Running;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;

namespace Dashboard.Tests.Access;

/// <summary>AZ6: the second person, and everything by which somebody might do without.</summary>
public sealed class ApprovalTests(MongoFixture mongo) : IAsyncLifetime
{
    private static readonly Asker Asker = new("Vic", "administrator", Door.CommandLine, "host");
    private static readonly Proof Proof = new(OpenPage.Password, null);
    private readonly World _world = new();
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync(mongo, new TestDashboard.Setup
    {
        Configure = services => services.AddSingleton(_world).AddTransient<Operation, Demolish>().AddSingleton(new Dashboard.Operations.Configuration.AccessSettings
        {
            Approvals = [new("demolish", "staging", TimeSpan.FromHours(1)), new("create-backup", "staging", TimeSpan.FromHours(1))],
        }),
    });

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Fact]
    public async Task Begins_when_a_second_person_agrees_and_names_him_in_the_run_and_in_the_trail()
    {
        var request = await AskAsync("Ann");
        Assert.Empty((await _dashboard.GetAsync("api/runs")).AsArray());
        var told = await _dashboard.Services.GetRequiredService<AlertBook>().ListAsync(new AlertQuery("staging", WithAnnouncements: true), Token);
        Assert.Contains(told, alert => alert.Rule == "approval-asked" && alert.Message.StartsWith("Ann asks for it: room. Somebody else approves or refuses it under Approvals, until ", StringComparison.Ordinal));

        Assert.Null(await ApproveAsync("Bob", request));

        var run = Assert.Single((await _dashboard.GetAsync("api/runs")).AsArray())!;
        Assert.Equal(("Ann", "succeeded"), (run["actor"]!.GetValue<string>(), (await _dashboard.EndOfAsync(run["id"]!.GetValue<string>()))["state"]!.GetValue<string>()));
        var entries = await _dashboard.Services.GetRequiredService<AuditHistory>().ListAsync(new AuditQuery(Action: "demolish"), Token);
        Assert.All(entries, entry => Assert.Equal(("Ann", "Bob"), (entry.Fact.Actor, entry.Fact.Approval)));
        Assert.Equal(("approved", run["id"]!.GetValue<string>()), await StateAsync(request));
    }

    [Theory]
    [InlineData("the asker himself", "Nobody approves his own wish. Ask somebody else.")]
    [InlineData("a viewer", "Vi may not do it himself, so he does not approve it either.")]
    [InlineData("a wrong password", "It was not approved: your password or your code is wrong, or there were too many tries. Type them again.")]
    [InlineData("too late", "It has expired. Whoever wants it asks again.")]
    [InlineData("refused before", "It is decided already.")]
    [InlineData("approved before", "It is decided already.")]
    [InlineData("the asker disabled", "Ann may not ask for it any more.")]
    [InlineData("the asker a viewer", "Ann is viewer, and 'demolish' needs administrator. Ask an administrator.")]
    [InlineData("another world", "The world has changed since the plan was made; look at the new one")]
    public async Task Is_void(string how, string why)
    {
        var request = await AskAsync("Ann");
        var runs = how == "approved before" ? 1 : 0;
        var accounts = _dashboard.Services.GetRequiredService<AccountBook>();
        var answer = await (how switch
        {
            "the asker himself" => ApproveAsync("Ann", request),
            "a viewer" => ApproveAsync("Vi", request, Role.Viewer),
            "a wrong password" => ApproveAsync("Bob", request, proof: new Proof("wrong", null)),
            "too late" => AfterAsync(() => ExpireAsync(request)),
            "refused before" => AfterAsync(async () => Assert.Null(await (await OpenPage.AsAsync(_dashboard, "Cid", Role.Administrator)).Get<IApprovalDesk>().RefuseAsync(request, Token))),
            "approved before" => AfterAsync(async () => Assert.Null(await ApproveAsync("Cid", request))),
            "the asker disabled" => AfterAsync(() => accounts.DisableAsync("Ann", Asker, Token)),
            "the asker a viewer" => AfterAsync(() => accounts.SetRoleAsync("Ann", Role.Viewer, Asker, Token)),
            _ => AfterAsync(() =>
            {
                _world.Detail = "and the wall beside it";
                return Task.CompletedTask;
            }),
        });

        Assert.StartsWith(why, answer, StringComparison.Ordinal);
        Assert.Equal(runs, (await _dashboard.GetAsync("api/runs")).AsArray().Count);

        async Task<string?> AfterAsync(Func<Task> before)
        {
            await OpenPage.AsAsync(_dashboard, "Bob", Role.Administrator);
            await before();
            return await ApproveAsync("Bob", request);
        }
    }

    [Fact]
    public async Task Goes_on_without_for_a_reason_with_everybody_told_and_an_incident()
    {
        var desk = (await OpenPage.AsAsync(_dashboard, "Ann", Role.Administrator)).Get<IDesk>();
        var press = await ConfirmedAsync(desk) with { BreaksGlass = true };

        var accepted = Assert.IsType<IntakeResult.Accepted>(await desk.StartAsync(press, Token));

        Assert.True(accepted.Run.BrokeGlass);
        var incidents = await _dashboard.Services.GetRequiredService<IncidentPages>().ReadAsync(1, Token);
        Assert.Contains(incidents.Open, incident => incident.Title == "Demolish of staging without a second person");
        var told = await _dashboard.Services.GetRequiredService<AlertBook>().ListAsync(new AlertQuery("staging", WithAnnouncements: true), Token);
        Assert.Contains(told, alert => alert.Rule == "break-glass" && alert.Message.Contains("Ann went on without the second person: room", StringComparison.Ordinal));
        var entries = await _dashboard.Services.GetRequiredService<AuditHistory>().ListAsync(new AuditQuery(Action: "demolish"), Token);
        Assert.All(entries, entry => Assert.Equal("none: broke the glass", entry.Fact.Approval));
    }

    [Fact]
    public async Task Waits_also_for_a_script_and_for_an_operation_that_has_no_plan()
    {
        using var answer = await _dashboard.StartOperationAsync("create-backup", """{"environment":"staging","reason":"a script"}""");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var id = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["approval"]!.GetValue<string>();
        Assert.Equal($"/api/approvals/{id}", answer.Headers.Location?.OriginalString);
        Assert.Equal(("waiting", null), await StateAsync(id));
        Assert.Null(await ApproveAsync("Bob", id));
        var run = Assert.Single((await _dashboard.GetAsync("api/runs")).AsArray())!;
        Assert.Equal(("approved", run["id"]!.GetValue<string>()), await StateAsync(id));
        Assert.Equal(id, Assert.Single((await _dashboard.GetAsync("api/approvals")).AsArray())!["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Whoever_made_the_token_by_which_it_was_asked_is_not_the_second_person()
    {
        var made = await _dashboard.Services.GetRequiredService<ApiTokens>().CreateAsync(
            new TokenWish("a script", Role.Administrator, [], TimeSpan.FromHours(1)), Asker with { Actor = "Ann" }, Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/operations/create-backup") { Content = JsonContent.Create(new { environment = "staging", reason = "a script" }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", made.Text);
        using var answer = await _dashboard.Anonymous.SendAsync(request, Token);
        var id = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["approval"]!.GetValue<string>();

        Assert.Equal("It was asked with a token that you made, and nobody approves his own wish. Ask somebody else.", await ApproveAsync("Ann", id));
        Assert.Null(await ApproveAsync("Bob", id));
    }

    [Fact]
    public async Task Says_over_http_that_it_was_refused_that_nobody_came_and_that_there_is_none()
    {
        var (refused, late) = (await AskAsync("Ann"), await AskAsync("Ann"));
        Assert.Null(await (await OpenPage.AsAsync(_dashboard, "Bob", Role.Administrator)).Get<IApprovalDesk>().RefuseAsync(refused, Token));
        await ExpireAsync(late);

        Assert.Equal(("refused", null), await StateAsync(refused));
        Assert.Equal(("expired", null), await StateAsync(late));
        Assert.Equal("Bob", (await _dashboard.GetAsync($"api/approvals/{refused}"))["decidedBy"]!.GetValue<string>());
        Assert.NotEmpty((await _dashboard.GetAsync($"api/approvals/{late}"))["plan"]!["hash"]!.GetValue<string>());
        using var none = await _dashboard.Http.GetAsync("api/approvals/1", Token);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    private static async Task<Press> ConfirmedAsync(IDesk desk)
    {
        var press = new Press("demolish", "staging", "room") { Proof = Proof };
        var plan = (await desk.PreviewAsync(press, Token)).Plan!;
        return press with { Confirm = plan.Target, PlanHash = plan.Hash };
    }

    private async Task<string> AskAsync(string name)
    {
        var desk = (await OpenPage.AsAsync(_dashboard, name, Role.Administrator)).Get<IDesk>();
        return Assert.IsType<IntakeResult.AwaitsApproval>(await desk.StartAsync(await ConfirmedAsync(desk), Token)).Request.Id;
    }

    private async Task<string?> ApproveAsync(string name, string request, Role role = Role.Administrator, Proof? proof = null) =>
        await (await OpenPage.AsAsync(_dashboard, name, role)).Get<IApprovalDesk>().ApproveAsync(request, proof ?? Proof, Token);

    private Task ExpireAsync(string request) => _dashboard.Own.GetCollection<BsonDocument>("approvalRequests").UpdateOneAsync(
        new BsonDocument("_id", request), new BsonDocument("$set", new BsonDocument("expiresAt", DateTime.UnixEpoch)), cancellationToken: Token);

    private async Task<(string State, string? RunId)> StateAsync(string id)
    {
        var request = await _dashboard.GetAsync($"api/approvals/{id}");
        return (request["state"]!.GetValue<string>(), request["runId"]?.GetValue<string>());
    }
}
