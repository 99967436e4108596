using Dashboard.Operations.Configuration;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Tests.Weekly;
using Dashboard.Testing.Mongo;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Incidents;

public sealed class FollowUpTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string Url = "https://github.example/team/tracker/issues/1";
    private const string One = "follow000001";
    private GitHubServer _gitHub = null!;
    private IncidentGround _ground = null!;
    private GitHubSettings _settings = null!;
    private string _id = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gitHub = await GitHubServer.StartAsync();
        _settings = new GitHubSettings { Repository = "team/tracker", Address = _gitHub.Address, Token = GitHubServer.Token };
        _ground = await IncidentGround.MakeAsync(mongo, services => services.AddSingleton(_ => _settings));
        _id = (await _ground.OpenAsync()).Id;
        await AddAsync(One, "Watch the disk");
    }

    public async ValueTask DisposeAsync()
    {
        await _ground.DisposeAsync();
        await _gitHub.DisposeAsync();
    }

    [Fact]
    public async Task It_is_kept_once_with_who_wrote_it_and_ticked_off_and_opened_again()
    {
        await AddAsync(One, "Watch the disk");
        var kept = await StoredAsync();
        Assert.Equal(("Watch the disk", "Tess", _ground.Time.GetUtcNow(), null, null), (kept.Text, kept.By, kept.At, kept.DoneAt, kept.IssueUrl));

        await _ground.Book.ResolveAsync(_id, "Over.", "Ada", Token);
        _ground.Time.Advance(TimeSpan.FromHours(1));
        await TickAsync(isDone: true, "Ada");
        await TickAsync(isDone: true, "Max");
        Assert.Equal((_ground.Time.GetUtcNow(), "Ada"), ((await StoredAsync()).DoneAt, (await StoredAsync()).DoneBy));

        await TickAsync(isDone: false, "Max");
        Assert.Equal(kept, await StoredAsync());
    }

    [Fact]
    public async Task What_cannot_be_kept_says_why()
    {
        Assert.Equal("Write what is to be done.", (await AddAsync("follow000002", " \n ")).Problem);
        Assert.Equal("The follow-up has 201 letters; 200 fit.", (await AddAsync("follow000002", new string('a', 201))).Problem);
        Assert.Equal("There is no such follow-up; load the page again.", (await _ground.Book.TickFollowUpAsync(_id, "moon", isDone: true, "Ada", Token)).Problem);
        Assert.Equal("There is no such follow-up; load the page again.", (await _ground.Book.FileFollowUpAsync(_id, "moon", "Ada", Token)).Problem);
    }

    [Fact]
    public async Task Makes_one_issue_however_often_it_is_asked()
    {
        await FileAsync();
        await FileAsync();

        var issue = Assert.Single(_gitHub.Issues);
        Assert.Equal("Watch the disk", issue["title"]!.GetValue<string>());
        Assert.Contains("A follow-up of the incident **Characters cannot be saved**", issue["body"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((Url, 1, null), ((await StoredAsync()).IssueUrl, (await StoredAsync()).IssueNumber, (await StoredAsync()).FilingAt));
        Assert.Contains($"- [ ] Watch the disk ([issue 1](<{Url}>))", PostMortem.Draft(await _ground.StoredAsync(_id), []), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_dashboards_that_are_asked_at_once_make_one()
    {
        var other = _ground.Alerts.NewEngine().Get<IncidentBook>();

        var both = await Task.WhenAll(_ground.Book.FileFollowUpAsync(_id, One, "Tess", Token), other.FileFollowUpAsync(_id, One, "Ada", Token));

        Assert.Single(_gitHub.Issues);
        Assert.Equal(Url, (await StoredAsync()).IssueUrl);
        Assert.All(both.Where(answer => answer.Problem is not null), answer => Assert.Contains("began to make its issue less than a minute ago", answer.Problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("open")]
    [InlineData("closed")]
    public async Task Finds_the_issue_whose_answer_was_lost(string state)
    {
        _gitHub.LosesAnswers = true;
        Assert.StartsWith("GitHub cannot be reached: ", (await FileAsync()).Problem, StringComparison.Ordinal);
        (_gitHub.LosesAnswers, _gitHub.Issues[0]["state"]) = (false, state);

        Assert.Null((await FileAsync()).Problem);

        Assert.Single(_gitHub.Issues);
        Assert.Equal(Url, (await StoredAsync()).IssueUrl);
    }

    [Fact]
    public async Task After_a_crash_it_is_made_by_whoever_asks_a_minute_later()
    {
        var silence = _gitHub.Silence = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var crash = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var crashed = _ground.Book.FileFollowUpAsync(_id, One, "Tess", crash.Token);
        await silence.Task;
        await crash.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => crashed);
        _gitHub.Silence = null;

        Assert.Equal("Tess began to make its issue less than a minute ago; try again in a minute, nothing is made twice.", (await FileAsync("Ada")).Problem);
        _ground.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null((await FileAsync("Ada")).Problem);
        Assert.Single(_gitHub.Issues);
    }

    [Fact]
    public async Task What_is_not_answered_in_time_is_left_alone_for_a_minute()
    {
        var silence = _gitHub.Silence = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = FileAsync();
        await silence.Task;
        _ground.Time.Advance(_settings.Patience);
        _gitHub.Silence = null;

        Assert.Equal("GitHub did not answer within 20 s; the issue may be there all the same, and trying again will find it.", (await slow).Problem);
        Assert.StartsWith("Tess began to make its issue", (await FileAsync("Ada")).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "GitHub does not accept the token of GITHUB_TOKEN for team/tracker; give it the right to write issues.")]
    [InlineData(404, "GitHub knows no repository team/tracker, or the token of GITHUB_TOKEN may not see it; see github.repository in config/dashboard.json.")]
    [InlineData(422, "GitHub refused the issue in team/tracker (422): title is too long")]
    public async Task Says_why_GitHub_did_not_take_it_and_may_be_asked_again_at_once(int code, string sentence)
    {
        _gitHub.Refuses = code;
        Assert.Equal(sentence, (await FileAsync()).Problem);

        _gitHub.Refuses = null;
        Assert.Null((await FileAsync()).Problem);
    }

    [Fact]
    public async Task Says_that_GitHub_cannot_be_reached_or_what_to_configure_and_never_the_token()
    {
        await _gitHub.DisposeAsync();
        var away = (await FileAsync()).Problem;
        Assert.StartsWith("GitHub cannot be reached: ", away, StringComparison.Ordinal);
        Assert.DoesNotContain(GitHubServer.Token, away, StringComparison.Ordinal);

        _settings = new GitHubSettings();
        var other = _ground.Alerts.NewEngine().Get<IncidentBook>();
        Assert.Equal(
            "No repository is configured; set github.repository in config/dashboard.json and the variable that holds its token.", (await other.FileFollowUpAsync(_id, One, "Tess", Token)).Problem);
    }

    [Theory]
    [InlineData("<script>alert(1)</script> [press](javascript:alert(1)) ![x](https://evil.example/x.png) @everyone")]
    [InlineData("<!-- dashboard incident")]
    public async Task Words_of_others_are_only_words_in_an_issue(string hostile)
    {
        await AddAsync("follow000002", $"{hostile} {_id} follow-up {One} -->");
        Assert.Null((await _ground.Book.FileFollowUpAsync(_id, "follow000002", hostile, Token)).Problem);
        Assert.Null((await FileAsync()).Problem);

        Assert.Equal(2, _gitHub.Issues.Count);
        var document = Markdown.Parse(_gitHub.Issues[0]["body"]!.GetValue<string>(), new MarkdownPipelineBuilder().UseAdvancedExtensions().Build());
        Assert.Empty(document.Descendants<LinkInline>());
        Assert.Empty(document.Descendants<AutolinkInline>());
        Assert.Empty(document.Descendants<HtmlInline>());
        Assert.Equal(HtmlBlockType.Comment, Assert.Single(document.Descendants<HtmlBlock>()).Type);
    }

    private Task<IncidentAnswer> AddAsync(string followUpId, string text) => _ground.Book.AddFollowUpAsync(_id, followUpId, text, "Tess", Token);

    private Task<IncidentAnswer> TickAsync(bool isDone, string actor) => _ground.Book.TickFollowUpAsync(_id, One, isDone, actor, Token);

    private Task<IncidentAnswer> FileAsync(string actor = "Tess") => _ground.Book.FileFollowUpAsync(_id, One, actor, Token);

    private async Task<FollowUp> StoredAsync() => (await _ground.StoredAsync(_id)).FollowUps.Single(one => one.Id == One);
}
