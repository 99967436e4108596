using Dashboard.Operations.Alerts;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Metrics;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Alerts;

/// <summary>What becomes of findings: one alert each, told once, ended by itself.</summary>
public sealed class AlertSweepTests(MongoFixture mongo)
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Makes_one_alert_of_all_failures_of_a_deployment()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed, error: "No machine answered.");
        await ground.SweepAsync();
        ground.Time.Advance(TimeSpan.FromSeconds(30));
        await ground.EventAsync("d1", EventPhase.Verification, EventStatus.Failed);
        await ground.SweepAsync();
        await ground.SweepAsync();

        var alert = await ground.OnlyAsync();

        Assert.Matches("^alert-[0-9]{13}-[0-9a-z]{9}$", alert.Id);
        Assert.Equal(("phase-failed", AlertSeverity.Error, 2, "d1"), (alert.Rule, alert.Severity, alert.Times, alert.DeploymentId));
        Assert.Equal("The deployment of d1 failed. No machine answered. See its run for the step that failed; then deploy again or roll back.", alert.Message);
    }

    [Theory]
    [InlineData(299)]
    [InlineData(300)]
    public async Task Cuts_what_was_said_between_characters(int before)
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed, error: new string('x', before) + "\U0001F600 and more");

        await ground.SweepAsync();

        Assert.Contains(new string('x', before) + "….", (await ground.OnlyAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_cannot_be_written_keeps_no_other_from_it_and_is_tried_again()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed);
        await ground.EventAsync("d2", EventPhase.Deployment, EventStatus.Failed);
        using var hook = FailpointHook.Install().ThrowAt(Failpoints.AlertStores, () => new InvalidOperationException("a fault of ours"));

        await ground.SweepAsync();
        Assert.Single(await ground.OpenAsync(), alert => alert.Rule == "phase-failed");
        await ground.SweepAsync();

        Assert.Equal(2, (await ground.OpenAsync()).Count(alert => alert.Rule == "phase-failed"));
    }

    [Fact]
    public async Task Tells_again_when_it_becomes_worse()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(Nowhere)));
        await ground.EventAsync("d1", EventPhase.Validation, EventStatus.Error);
        await ground.SweepAsync();
        ground.Time.Advance(TimeSpan.FromSeconds(30));
        await ground.EventAsync("d1", EventPhase.Migration, EventStatus.Failed);
        await ground.SweepAsync();

        Assert.Equal(AlertSeverity.Critical, (await ground.OnlyAsync()).Severity);
        Assert.Equal(["raised", "worsened"], await ground.ToldAsync());
    }

    [Fact]
    public async Task Raises_once_when_two_dashboards_see_the_same_at_the_same_time()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(Nowhere)));
        var sweeps = new[] { ground.Engine, ground.NewEngine(), ground.NewEngine() }.Select(engine => engine.Get<AlertSweep>()).ToList();
        for (var number = 0; number < 10; number++)
            await ground.EventAsync($"d{number}", EventPhase.Deployment, EventStatus.Success, milliseconds: 400_000);

        await Task.WhenAll(sweeps.Select(sweep => Task.Run(() => sweep.SweepAsync(Token), Token)));
        await Task.WhenAll(sweeps.Select(sweep => Task.Run(() => sweep.SweepAsync(Token), Token)));

        Assert.Equal(10, (await ground.OpenAsync()).Count);
        Assert.All(await ground.OpenAsync(), alert => Assert.Equal(1, alert.Times));
        Assert.Equal(10, (await ground.ToldAsync()).Count);
    }

    [Fact]
    public async Task Does_not_raise_again_what_was_resolved_until_it_happens_again()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed);
        await ground.SweepAsync();
        await ground.Book.ResolveAsync((await ground.OnlyAsync()).Id, "seen", "Tess", Token);
        await ground.SweepAfterAsync(TimeSpan.FromHours(1));
        Assert.Empty(await ground.OpenAsync());

        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed);
        await ground.SweepAsync();

        Assert.Single(await ground.OpenAsync());
        Assert.Equal(2, await ground.Book.CountAsync(new AlertQuery("staging"), Token));
    }

    [Fact]
    public async Task Counts_failures_in_a_row_of_one_environment_and_ends_with_a_success()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await ground.FailAsync("d1");
        await ground.FailAsync("p1", "production");
        await ground.SucceedAsync("d2");
        await ground.FailAsync("d3");
        await ground.FailAsync("p2", "production");
        await ground.FailAsync("d4");
        await ground.ReportAsync();
        await ground.SweepAsync();
        Assert.DoesNotContain(await ground.OpenAsync(), alert => alert.Rule == "multiple-failures");

        await ground.FailAsync("d5");
        await ground.SweepAsync();
        var alert = Assert.Single(await ground.OpenAsync(), alert => alert.Rule == "multiple-failures");
        Assert.Equal((AlertSeverity.Critical, 3, "d5"), (alert.Severity, alert.ConsecutiveFailures, alert.DeploymentId));

        await ground.SucceedAsync("d6");
        await ground.SweepAsync();
        var ended = await ground.Book.FindAsync(alert.Id, Token);
        Assert.Equal((false, "rule multiple-failures", "The condition has ended."), (ended!.IsOpen, ended.ResolvedBy, ended.Resolution));
    }

    [Fact]
    public async Task A_condition_that_comes_back_within_the_cooldown_is_the_same_alert_and_is_told_when_that_is_over()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(Nowhere)));
        await BreakDatabaseAsync(ground);
        var first = await ground.OnlyAsync();
        await ground.SweepAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["raised", "resolved"], await ground.ToldAsync());

        await BreakDatabaseAsync(ground);
        var again = await ground.OnlyAsync();
        Assert.Equal((first.Id, true, 2), (again.Id, again.IsOpen, again.Times));
        Assert.Equal(["raised", "resolved"], await ground.ToldAsync());

        ground.Time.Advance(TimeSpan.FromMinutes(10));
        await BreakDatabaseAsync(ground);
        Assert.Equal(["raised", "resolved", "raised"], await ground.ToldAsync());
    }

    [Fact]
    public async Task Something_dismissed_is_raised_again_only_after_it_has_ended_or_a_day_later()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await BreakDatabaseAsync(ground);
        await ground.Book.ResolveAsync((await ground.OnlyAsync()).Id, "we know", "Tess", Token);
        ground.Time.Advance(TimeSpan.FromHours(1));
        await BreakDatabaseAsync(ground);
        Assert.Empty(await ground.OpenAsync());

        ground.Time.Advance(TimeSpan.FromHours(24));
        await BreakDatabaseAsync(ground);
        Assert.Single(await ground.OpenAsync());

        await ground.Book.ResolveAsync((await ground.OpenAsync())[0].Id, "we know", "Tess", Token);
        await ground.SweepAfterAsync(TimeSpan.FromMinutes(30));
        ground.Time.Advance(TimeSpan.FromMinutes(30));
        await BreakDatabaseAsync(ground);
        Assert.Single(await ground.OpenAsync());
    }

    [Fact]
    public async Task An_event_that_nothing_renews_is_resolved_when_its_time_is_over()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, new MonitoringSettings { AutoResolveAfter = TimeSpan.FromHours(24) });
        await ground.EventAsync("d1", EventPhase.Migration, EventStatus.Success, milliseconds: 90_000);
        await ground.SweepAsync();
        await ground.SweepAfterAsync(TimeSpan.FromHours(23));
        Assert.Single(await ground.OpenAsync());

        await ground.SweepAfterAsync(TimeSpan.FromHours(1));

        Assert.Empty(await ground.OpenAsync());
        Assert.Equal("Nothing has renewed it for as long as alerts.autoResolve.timeoutHours says.", (await ground.OnlyAsync()).Resolution);
    }

    [Fact]
    public async Task A_condition_that_goes_on_is_not_resolved_by_time()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, new MonitoringSettings { AutoResolveAfter = TimeSpan.FromHours(1) });
        await BreakDatabaseAsync(ground);
        for (var hour = 0; hour < 3; hour++)
        {
            ground.Time.Advance(TimeSpan.FromMinutes(50));
            await BreakDatabaseAsync(ground);
        }

        Assert.True((await ground.OnlyAsync()).IsOpen);
    }

    [Fact]
    public async Task Forgets_what_was_resolved_long_ago_with_its_deliveries()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(Nowhere)) with { KeepAlerts = TimeSpan.FromDays(30) });
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed);
        await ground.SweepAsync();
        await ground.Book.ResolveAsync((await ground.OnlyAsync()).Id, null, "Tess", Token);
        await ground.ToldAsync();
        await ground.SweepAfterAsync(TimeSpan.FromDays(29));
        Assert.Equal(2, (await ground.DeliveriesAsync()).Count);

        await ground.SweepAfterAsync(TimeSpan.FromDays(1.1));

        Assert.Equal(0, await ground.Book.CountAsync(new AlertQuery(), Token));
        Assert.Empty(await ground.DeliveriesAsync());

        // A week that is looked at later must not seem to have had no alert.
        var counted = Assert.Single(await ground.Book.ListAsync(new AlertQuery(WithTrimmed: true), Token));
        Assert.Equal((string.Empty, "phase-failed"), (counted.Message, counted.Rule));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Looks_at_nothing_where_monitoring_or_alerts_are_off(bool isEnabled, bool hasAlerts)
    {
        await using var ground = await AlertGround.MakeAsync(mongo, change: settings => settings with { Monitoring = new MonitoringRules { Enabled = isEnabled, AlertsEnabled = hasAlerts } });
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed);

        await ground.SweepAsync();

        Assert.Empty(await ground.OpenAsync());
        Assert.All((await ground.Engine.Get<AlertPages>().ReadAsync(null, 1, 1, Token)).Rules.SelectMany(rule => rule.Thresholds), threshold => Assert.StartsWith("not watched", threshold.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Resolving_what_is_not_there_is_nothing_and_twice_is_once()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed);
        await ground.SweepAsync();
        var id = (await ground.OnlyAsync()).Id;

        Assert.Null(await ground.Book.ResolveAsync("alert-1-none", null, "Tess", Token));
        await ground.Book.ResolveAsync(id, "done", "Tess", Token);
        var second = await ground.Book.ResolveAsync(id, "again", "Ada", Token);

        Assert.Equal(("Tess", "done"), (second!.ResolvedBy, second.Resolution));
        Assert.Equal(1, await ground.Book.CountAsync(new AlertQuery(), Token));
    }

    private static async Task BreakDatabaseAsync(AlertGround ground)
    {
        ground.Time.Advance(TimeSpan.FromMinutes(1));
        await ground.ReportAsync(ping: Operations.Health.HealthState.Down, environments: ["staging"]);
        await ground.ReportAsync(environments: ["production"]);
        await ground.SweepAsync();
    }
}
