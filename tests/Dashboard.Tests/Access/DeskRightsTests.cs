using System.Text.Json.Nodes;
using Dashboard.Access;
using Dashboard.Components.Access;
using Dashboard.Components.Shared;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Access;

/// <summary>
/// AZ1, AZ2, AZ4, AZ5, AN7, SH7: what the handlers behind the buttons do, hidden or not, for whom they are called, and that a sign-in that is over is over in the
/// page that is open, too.
/// </summary>
public sealed class DeskRightsTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string Password = OpenPage.Password;
    private static readonly Asker Asker = new("Vic", "administrator", Door.CommandLine, "host");
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync(
        mongo, new TestDashboard.Setup { Configure = services => services.AddSingleton(new World()).AddTransient<Operation, Demolish>() });

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    /// <summary>All that pages do; what only reads is not here, and a new one that is in neither list fails.</summary>
    private static readonly Dictionary<string, Func<IDesk, Task>> Acts = new(StringComparer.Ordinal)
    {
        ["AcknowledgeAlertAsync"] = desk => desk.AcknowledgeAlertAsync("1", Token),
        ["ResolveAlertAsync"] = desk => desk.ResolveAlertAsync("1", "gone", Token),
        ["SilenceAsync"] = desk => desk.SilenceAsync("staging", "error-rate", "a drill", TimeSpan.FromHours(1), Token),
        ["EndSilenceAsync"] = desk => desk.EndSilenceAsync("1", Token),
        ["TestChannelAsync"] = desk => desk.TestChannelAsync("staging", "slack", Token),
        ["OpenIncidentAsync"] = async desk =>
        {
            await Assert.ThrowsAsync<NotDoneException>(() => desk.OpenIncidentAsync("1", Token));
            await desk.OpenIncidentAsync(new IncidentDraft("1", "Down", IncidentSeverity.Critical, IncidentKind.Deployment, []), Token);
        },
        ["ChangeIncidentAsync"] = desk => desk.ChangeIncidentAsync("1", new IncidentAct.RunbookDone(), Token),
        ["AddNoteAsync"] = desk => desk.AddNoteAsync(new IsoWeek(2026, 40), "slow", Token),
        ["CancelAsync"] = desk => desk.CancelAsync("1", Token),
        ["StartAsync"] = async desk => throw new NotDoneException(
            Assert.IsType<IntakeResult.NotAllowed>(await desk.StartAsync(new Press("create-backup", "staging", "a test"), Token)).Sentence, new InvalidOperationException()),
        ["PreviewAsync"] = async desk => throw new NotDoneException(
            Assert.IsType<IntakeResult.NotAllowed>((await desk.PreviewAsync(new Press("scale", "staging", "a test", new JsonObject { ["machines"] = 2 }), Token)).Refusal).Sentence, new InvalidOperationException()),
    };

    private static readonly string[] Reads =
    [
        "AlertsAsync", "BackupHealthAsync", "BackupsAsync", "BoardAsync", "CardsAsync", "DeploymentsAsync", "FindBackupAsync", "FindEnvironmentAsync", "FindIncidentAsync", "FindReleaseAsync",
        "FindRunAsync", "FollowRecent", "FollowRun", "IncidentsAsync", "KeptAsync", "LogMachinesAsync", "LogsAsync", "MaintenanceAsync", "MigrationsAsync", "NeedsOf", "NeedsSecond", "OpenAlertsAsync",
        "ProofNeedAsync", "RunsAsync", "SubscriberMailsAsync", "WeekAsync",
    ];

    [Fact]
    public async Task A_viewer_does_nothing_whatever_handler_is_called()
    {
        var (desk, access, _) = await OpenAsync("Vi", Role.Viewer);

        Assert.Equal(Acts.Keys.Concat(Reads).Order(StringComparer.Ordinal), typeof(IDesk).GetMethods().Where(method => !method.IsSpecialName).Select(method => method.Name).Distinct().Order(StringComparer.Ordinal));
        foreach (var act in Acts.Values)
            Assert.StartsWith("Vi is viewer, and '", (await Assert.ThrowsAsync<NotDoneException>(() => act(desk))).Message, StringComparison.Ordinal);
        await AssertOnlyOwnAsync(access);

        Assert.Empty((await _dashboard.GetAsync("api/runs")).AsArray());
        var refused = await EntriesAsync(new AuditQuery("Vi", Outcome: AuditOutcome.Refused));
        Assert.True(refused.Count >= Acts.Count + 5, $"{refused.Count} refusals are in the trail.");
    }

    [Fact]
    public async Task The_mails_to_subscribers_are_shown_to_operators_and_not_to_viewers()
    {
        var (viewer, _, _) = await OpenAsync("Vi", Role.Viewer);
        var (desk, _, _) = await OpenAsync("Op", Role.Operator);

        Assert.Null(await viewer.SubscriberMailsAsync(null, 1, Token));
        Assert.NotNull(await desk.SubscriberMailsAsync(null, 1, Token));
    }

    [Fact]
    public async Task An_operator_does_not_decide_who_may_what()
    {
        var (_, access, _) = await OpenAsync("Op", Role.Operator);

        await AssertOnlyOwnAsync(access);
    }

    [Fact]
    public async Task A_sign_in_that_is_over_does_nothing_in_a_page_that_is_open_and_the_page_learns_it()
    {
        var (desk, _, states) = await OpenAsync("Op", Role.Operator);
        Assert.IsType<IntakeResult.Accepted>(await desk.StartAsync(new Press("check-health", "staging", "a test"), Token));

        await Accounts.DisableAsync("Op", Asker, Token);

        Assert.IsType<IntakeResult.NotAllowed>(await desk.StartAsync(new Press("check-health", "staging", "a test"), Token));
        await Eventually.TrueAsync(async () => CallerClaims.CallerOf((await states.GetAuthenticationStateAsync()).User) is null, "the open page learns it");
    }

    [Fact]
    public async Task What_was_queued_before_the_rights_were_taken_away_is_not_run_and_that_is_written_down()
    {
        var (desk, _, _) = await OpenAsync("Op", Role.Operator);
        await using var beside = await TestDashboard.StartAsync(mongo, new TestDashboard.Setup { Beside = _dashboard });
        var intake = _dashboard.Services.GetRequiredService<Intake>();
        var account = await Accounts.FindAsync("Op", Token);
        var accepted = Assert.IsType<IntakeResult.Accepted>(await intake.AcceptAsync(
            new OperationCall("create-backup", "staging", "queued", [], new Visit(account!.Caller, Door.Button, "here")), Token));
        await Accounts.SetRoleAsync("Op", Role.Viewer, Asker, Token);

        var ended = await _dashboard.Services.GetRequiredService<OperationRunner>().RunAsync(accepted.Run.Id, Token);

        Assert.Equal((RunState.Failed, "Op may not do this any more: the rights changed after it was queued. Nothing was done; somebody who may can queue it again."), (ended!.State, ended.Message));
        Assert.Empty(ended.Steps);
        Assert.Equal([AuditOutcome.Failed, AuditOutcome.Asked], (await EntriesAsync(new AuditQuery(Action: "create-backup"))).Where(entry => entry.Fact.RequestId == accepted.Run.Id).Select(entry => entry.Fact.Outcome));
        Assert.NotNull(desk);
    }

    [Fact]
    public async Task What_cannot_be_taken_back_is_begun_by_whoever_proves_again_who_he_is_and_for_this_plan_alone()
    {
        var (desk, _, _) = await OpenAsync("Ad", Role.Administrator);
        var press = new Press("demolish", "staging", "room");
        var plan = (await desk.PreviewAsync(press, Token)).Plan!;
        press = press with { Confirm = plan.Target, PlanHash = plan.Hash };

        Assert.Equal(ProofNeed.Password, await desk.ProofNeedAsync("demolish", "staging", Token));
        Assert.Equal(ProofNeed.None, await desk.ProofNeedAsync("create-backup", "staging", Token));
        Assert.IsType<IntakeResult.Unproven>(await desk.StartAsync(press, Token));
        Assert.IsType<IntakeResult.Unproven>(await desk.StartAsync(press with { Proof = new Proof("wrong", null) }, Token));
        Assert.Empty((await _dashboard.GetAsync("api/runs")).AsArray());
        Assert.IsType<IntakeResult.Accepted>(await desk.StartAsync(press with { Proof = new Proof(Password, null) }, Token));
    }

    [Fact]
    public async Task Rights_are_changed_by_whoever_proves_it_and_a_token_is_shown_once()
    {
        var (_, access, _) = await OpenAsync("Ad", Role.Administrator);
        var proof = new Proof(Password, null);

        Assert.NotNull(await access.CreateAccountAsync("New", "light snow over the new mill", Role.Viewer, proof: null, Token));
        Assert.Null(await Accounts.FindAsync("New", Token));
        Assert.Null(await access.CreateAccountAsync("New", "light snow over the new mill", Role.Viewer, proof, Token));
        Assert.Null(await access.ChangeAccountAsync("New", AccountChange.MakeOperator, proof, Token));
        var token = await access.CreateTokenAsync(new TokenWish("ci", Role.Operator, null, TimeSpan.FromDays(1)), proof, Token);

        Assert.StartsWith("dnd_", token.Text, StringComparison.Ordinal);
        Assert.Equal(Role.Operator, (await Accounts.FindAsync("New", Token))!.Role);
        var view = await access.ReadAsync(Token);
        Assert.Contains(view.Tokens, other => other.Name == "ci");
        Assert.DoesNotContain(await EntriesAsync(new AuditQuery()), entry => entry.Fact.ToString().Contains(Password, StringComparison.Ordinal) || entry.Fact.ToString().Contains(token.Text!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sign_ins_of_its_owner_and_not_this_one()
    {
        var (_, access, _) = await OpenAsync("Op", Role.Operator);
        var (other, _, _) = await OpenAsync("Op", Role.Operator);

        Assert.Null(await access.ChangePasswordAsync("light snow over the new mill", new Proof(Password, null), Token));

        Assert.IsType<IntakeResult.NotAllowed>(await other.StartAsync(new Press("check-health", "staging", "a test"), Token));
        Assert.Single((await access.OwnAsync(Token))!.Sessions);
    }

    private AccountBook Accounts => _dashboard.Services.GetRequiredService<AccountBook>();

    private Task<IReadOnlyList<AuditEntry>> EntriesAsync(AuditQuery query) => _dashboard.Services.GetRequiredService<AuditHistory>().ListAsync(query with { Limit = 1000 }, Token);

    private static async Task AssertOnlyOwnAsync(IAccessDesk access)
    {
        var proof = new Proof(Password, null);
        await Assert.ThrowsAsync<NotDoneException>(() => access.ReadAsync(Token));
        await Assert.ThrowsAsync<NotDoneException>(() => access.AuditAsync(new AuditQuery(), Token));
        await Assert.ThrowsAsync<NotDoneException>(() => access.ConfigurationAsync(Token));
        await Assert.ThrowsAsync<NotDoneException>(() => access.CreateAccountAsync("Eve", Password, Role.Administrator, proof, Token));
        await Assert.ThrowsAsync<NotDoneException>(() => access.ChangeAccountAsync("Vi", AccountChange.MakeAdministrator, proof, Token));
        await Assert.ThrowsAsync<NotDoneException>(() => access.CreateTokenAsync(new TokenWish("mine", Role.Administrator, null, TimeSpan.FromDays(1)), proof, Token));
        await Assert.ThrowsAsync<NotDoneException>(() => access.RevokeTokenAsync("dnd_AAAAAAAA", Token));
        Assert.NotNull(await access.OwnAsync(Token));
    }

    private async Task<(IDesk Desk, IAccessDesk Access, ServerAuthenticationStateProvider States)> OpenAsync(string name, Role role)
    {
        var page = await OpenPage.AsAsync(_dashboard, name, role);
        return (page.Get<IDesk>(), page.Get<IAccessDesk>(), page.States);
    }
}
