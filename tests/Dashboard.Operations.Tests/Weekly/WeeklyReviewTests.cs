using Dashboard.Operations.Alerts;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Operations.Weekly;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Weekly;

public sealed class WeeklyReviewTests(MongoFixture mongo) : IAsyncLifetime
{
    private static readonly IsoWeek Week = IsoWeek.TryParse("2026-W47")!.Value;
    private readonly FakeTimeProvider _time = new(Week.From.AddDays(-1));
    private EngineGround _ground = null!;
    private TestEngine _engine = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ground = await EngineGround.MakeAsync(mongo, Token);
        _engine = new TestEngine(_ground.Settings, time: _time);
    }

    public async ValueTask DisposeAsync()
    {
        _engine.Dispose();
        await _ground.DisposeAsync();
    }

    [Fact]
    public async Task Counts_the_week_and_nothing_of_its_neighbours()
    {
        await DeployAsync("before", Week.From.AddMinutes(-10), succeeds: false);
        await DeployAsync("first", Week.From.AddMinutes(1), succeeds: true);
        await DeployAsync("second", Week.To.AddMinutes(-10), succeeds: false);
        await DeployAsync("after", Week.To.AddMinutes(1), succeeds: false);

        OnMonday();
        var review = await _engine.Get<WeeklyReviews>().ReadAsync(Week, environment: null, Token);

        Assert.True(review.IsClosed);
        Assert.Equal((0.5, 1d, 2d), Of(review.Now, FigureNames.SuccessRate));
        Assert.Equal((0d, 0d, 1d), Of(review.Before, FigureNames.SuccessRate));
        Assert.Contains(FigureNames.SuccessRate, review.Missed.Select(figure => figure.Name));
    }

    [Fact]
    public async Task Of_one_environment_it_counts_that_alone()
    {
        await DeployAsync("first", Week.From.AddHours(1), succeeds: true);

        OnMonday();
        var review = await _engine.Get<WeeklyReviews>().ReadAsync(Week, "production", Token);

        Assert.False(review.IsJudged && review.Now.Find(FigureNames.SuccessRate).Value is not null);
        Assert.Equal(0, review.Now.Find(FigureNames.Count).Value);
    }

    [Fact]
    public async Task Tallies_alerts_by_rule_with_what_comes_back()
    {
        await RaiseAsync("slow-deployment", 3);
        await RaiseAsync("phase-failed", 1);

        OnMonday();
        var review = await _engine.Get<WeeklyReviews>().ReadAsync(Week, environment: null, Token);

        Assert.Equal([("slow-deployment", 3), ("phase-failed", 1)], review.Alerts.Select(tally => (tally.Rule, tally.Times)));
        Assert.Equal("slow-deployment", Assert.Single(review.Problems).Rule);
        Assert.Equal(4, review.Now.Find(FigureNames.Alerts).Value);
        Assert.False(review.MakesIssues);
    }

    [Fact]
    public async Task Draws_a_value_for_each_day_that_has_one()
    {
        await DeployAsync("first", Week.From.AddHours(1), succeeds: true);
        await RaiseAsync("slow-deployment", 2);

        OnMonday();
        var review = await _engine.Get<WeeklyReviews>().ReadAsync(Week, environment: null, Token);

        var rate = Assert.Single(review.Series[0].Days);
        Assert.Equal((Week.From, 100d), (rate.At, rate.Value));
        Assert.Equal([2d, 0d, 0d, 0d, 0d, 0d, 0d], review.Series[2].Days.Select(day => day.Value));
    }

    [Fact]
    public async Task A_week_that_goes_on_is_not_closed()
    {
        OnMonday();
        var review = await _engine.Get<WeeklyReviews>().ReadAsync(IsoWeek.Of(_time.GetUtcNow()), environment: null, Token);

        Assert.False(review.IsClosed);
        Assert.Single(review.Series[2].Days);
    }

    [Fact]
    public async Task Hands_the_summary_of_a_week_to_the_channels_once()
    {
        await DeployAsync("second", Week.To.AddMinutes(-10), succeeds: false);

        OnMonday();
        var first = await _engine.RunAsync("send-weekly-summary", stopping: Token);
        var second = await _engine.RunAsync("send-weekly-summary", stopping: Token);

        Assert.Equal((RunState.Succeeded, "The summary of 2026-W47 is handed to the channels of staging: missed: success rate, error rate."), (first.State, first.Message));
        Assert.Equal(RunState.Succeeded, second.State);
        var told = Assert.Single(await _engine.Database.Alerts.Find(alert => alert.Rule == SendWeeklySummary.Rule).ToListAsync(Token));
        Assert.Equal(("staging: week 2026-W47, missed: success rate, error rate", AlertSeverity.Warning, false), (told.Title, told.Severity, told.IsOpen));
        Assert.Contains("Success rate: 0 % (missed)", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_send_a_summary_of_a_week_that_goes_on()
    {
        OnMonday();
        var run = await _engine.RunAsync("send-weekly-summary", request: new() { ["week"] = IsoWeek.Of(_time.GetUtcNow()).ToString() }, stopping: Token);

        Assert.Equal((RunState.Failed, "2026-W48 is not over yet; its summary can be sent from 2026-11-30 on."), (run.State, run.Message));
    }

    /// <summary>When the week is reviewed.</summary>
    private void OnMonday() => _time.SetUtcNow(Week.To.AddHours(7));

    private static (double? Value, double Numerator, double Denominator) Of(DeploymentReport report, string name)
    {
        var figure = report.Find(name);
        return (figure.Value, figure.Numerator, figure.Denominator);
    }

    private async Task DeployAsync(string id, DateTimeOffset at, bool succeeds)
    {
        var log = _engine.Get<EventLog>();
        foreach (var (phase, status, after) in new[]
        {
            (EventPhase.Validation, EventStatus.Started, 0), (EventPhase.Verification, EventStatus.Started, 60), (EventPhase.Verification, succeeds ? EventStatus.Success : EventStatus.Failed, 90),
        })
        {
            // An event belongs to the week in which it came.
            _time.SetUtcNow(at.AddSeconds(after));
            await log.AddAsync(new DeploymentEvent { At = at.AddSeconds(after), Environment = "staging", DeploymentId = id, Phase = phase, Status = status }, Token);
        }
    }

    private Task RaiseAsync(string rule, int times) => _engine.Database.Alerts.InsertManyAsync(
        Enumerable.Range(0, times).Select(number => new Alert
        {
            Id = $"alert-{Guid.NewGuid():N}",
            Key = $"staging/{rule}/{number}",
            Environment = "staging",
            Rule = rule,
            Severity = AlertSeverity.Warning,
            Title = "It happened",
            Message = "Look.",
            RaisedAt = Week.From.AddHours(number + 1),
            SeenAt = Week.From.AddHours(number + 1),
            IsOpen = false,
        }),
        cancellationToken: Token);
}
