using System.Text.Json.Nodes;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Operations.Weekly;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Weekly;

public sealed class FileIssueTests(MongoFixture mongo) : IAsyncLifetime
{
    private static readonly IsoWeek Week = IsoWeek.TryParse("2026-W47")!.Value;
    private EngineGround _ground = null!;
    private GitHubServer _gitHub = null!;
    private TestEngine _engine = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ground = await EngineGround.MakeAsync(mongo, Token);
        _gitHub = await GitHubServer.StartAsync();
        _engine = Engine(new GitHubSettings { Repository = "team/tracker", Address = _gitHub.Address, Token = GitHubServer.Token, Patience = TimeSpan.FromSeconds(20) });
    }

    public async ValueTask DisposeAsync()
    {
        _engine.Dispose();
        await _gitHub.DisposeAsync();
        await _ground.DisposeAsync();
    }

    [Fact]
    public async Task Makes_one_issue_that_says_what_comes_back()
    {
        await RaiseAsync("slow-deployment", times: 3);

        var run = await FileAsync("slow-deployment");

        Assert.Equal((RunState.Succeeded, "Issue 1 is made: https://github.example/team/tracker/issues/1"), (run.State, run.Message));
        var issue = Assert.Single(_gitHub.Issues);
        Assert.Equal("staging: It was slow (3 × in 2026-W47)", issue["title"]!.GetValue<string>());
        Assert.Contains("The rule `slow-deployment` raised 3 alert(s) for **staging** in week 2026-W47", issue["body"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(1, (await _engine.Get<RecurringProblems>().OfAsync(Week, "staging", Token)).Single().Issue?.Number);
    }

    [Fact]
    public async Task Asked_again_it_tells_which_issue_is_there()
    {
        await RaiseAsync("slow-deployment", times: 3);
        await FileAsync("slow-deployment");

        var again = await FileAsync("slow-deployment");

        Assert.Equal("Issue 1 is there already: https://github.example/team/tracker/issues/1", again.Message);
        Assert.Single(_gitHub.Issues);
    }

    [Fact]
    public async Task Finds_the_issue_that_was_made_right_before_a_crash()
    {
        await RaiseAsync("slow-deployment", times: 3);
        await FileAsync("slow-deployment");
        await _engine.Database.IssueLinks.DeleteManyAsync(link => true, Token);

        var again = await FileAsync("slow-deployment");

        Assert.Equal((RunState.Succeeded, "Issue 1 is made: https://github.example/team/tracker/issues/1"), (again.State, again.Message));
        Assert.Single(_gitHub.Issues);
    }

    [Fact]
    public async Task What_happened_once_is_no_recurring_problem()
    {
        await RaiseAsync("slow-deployment", times: 2);

        var run = await FileAsync("slow-deployment");

        Assert.Equal(RunState.Failed, run.State);
        Assert.Equal("slow-deployment was not raised often enough in 2026-W47 in staging to be a recurring problem.", run.Message);
        Assert.Empty(_gitHub.Issues);
    }

    [Theory]
    [InlineData(401, "GitHub does not accept the token of GITHUB_TOKEN for team/tracker; give it the right to write issues.")]
    [InlineData(404, "GitHub knows no repository team/tracker, or the token of GITHUB_TOKEN may not see it; see github.repository in config/dashboard.json.")]
    [InlineData(500, "GitHub refused the issue in team/tracker (500): Refused by the test")]
    public async Task Says_why_GitHub_did_not_take_it(int code, string sentence)
    {
        await RaiseAsync("slow-deployment", times: 3);
        _gitHub.Refuses = code;

        var run = await FileAsync("slow-deployment");

        Assert.Equal((RunState.Failed, sentence), (run.State, run.Message));
    }

    [Fact]
    public async Task Says_what_to_configure_where_there_is_no_repository()
    {
        using var engine = Engine(new GitHubSettings());

        var run = await engine.RunAsync("file-issue", request: RequestOf("slow-deployment"), stopping: Token);

        Assert.Equal("No repository is configured; set github.repository in config/dashboard.json and the variable that holds its token.", run.Message);
    }

    [Fact]
    public async Task A_problem_of_two_weeks_is_one_though_it_came_once_in_each()
    {
        await RaiseAsync("error-rate", times: 1);
        await RaiseAsync("error-rate", times: 1, weeksBefore: 3);
        await RaiseAsync("too-old", times: 1, weeksBefore: 4);
        await RaiseAsync("too-old", times: 1);

        var problem = Assert.Single(await _engine.Get<RecurringProblems>().OfAsync(Week, environment: null, Token));

        Assert.Equal(("staging/error-rate", 1, 2), (problem.Key, problem.Times, problem.Weeks));
    }

    private Task<Run> FileAsync(string rule) => _engine.RunAsync("file-issue", request: RequestOf(rule), stopping: Token);

    private static JsonObject RequestOf(string rule) => new() { ["rule"] = rule, ["week"] = Week.ToString() };

    private TestEngine Engine(GitHubSettings settings) => new(_ground.Settings, configure: services => services.AddSingleton(settings));

    private Task RaiseAsync(string rule, int times, int weeksBefore = 0) => _engine.Database.Alerts.InsertManyAsync(
        Enumerable.Range(0, times).Select(number => new Alert
        {
            Id = $"alert-{Guid.NewGuid():N}",
            Key = $"staging/{rule}/{number}/{weeksBefore}",
            Environment = "staging",
            Rule = rule,
            Severity = AlertSeverity.Warning,
            Title = "It was slow",
            Message = "The deployment took 9 min.\nLook at its phases.",
            RaisedAt = Week.From.AddDays(-7 * weeksBefore).AddHours(number + 1),
            SeenAt = Week.From.AddHours(number + 1),
            IsOpen = false,
        }),
        cancellationToken: Token);
}
