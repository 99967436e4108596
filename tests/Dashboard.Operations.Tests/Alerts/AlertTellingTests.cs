using Dashboard.Operations.Alerts;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Health;
using Dashboard.Operations.Metrics;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Alerts;

/// <summary>Who is told, when, and what keeps them from being told.</summary>
public sealed class AlertTellingTests(MongoFixture mongo)
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_told_in_maintenance_and_what_is_still_open_is_told_afterwards()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(Nowhere)));
        await ground.OpenWindowAsync();
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed);
        await ground.SweepAsync();
        await ground.SweepAsync();
        var view = Assert.Single((await ground.Engine.Get<AlertPages>().ReadAsync("staging", 1, 1, Token)).Open);
        Assert.Equal("Not told: staging is in maintenance ('New hosts' until 13:00 UTC).", view.Quiet);
        Assert.Empty(await ground.ToldAsync());

        await ground.CloseWindowAsync();
        await ground.SweepAsync();
        await ground.SweepAsync();

        Assert.Equal(["raised"], await ground.ToldAsync());
    }

    [Fact]
    public async Task A_silence_keeps_one_rule_in_one_environment_quiet_until_it_ends()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, AlertGround.Monitoring(AlertGround.Slack(Nowhere)));
        await ground.Book.SilenceAsync("staging", "phase-failed", "We know", ground.Time.GetUtcNow().AddHours(2), "Tess", Token);
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed);
        await ground.EventAsync("d2", EventPhase.Migration, EventStatus.Success, milliseconds: 90_000);
        await ground.SweepAsync();
        Assert.Equal(["slow-migration"], await RulesToldAsync(ground));
        var view = Assert.Single((await ground.Engine.Get<AlertPages>().ReadAsync("staging", 1, 1, Token)).Open, view => view.Alert.Rule == "phase-failed");
        Assert.Equal("Not told: silenced by Tess until 14:00 UTC: We know", view.Quiet);

        await ground.SweepAfterAsync(TimeSpan.FromHours(2));

        Assert.Equal(["slow-migration", "phase-failed"], await RulesToldAsync(ground));
    }

    [Fact]
    public async Task Escalates_each_rule_once_while_nobody_has_acknowledged()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, Escalating(), settings => settings with { Monitoring = new MonitoringRules { NotificationChannels = ["slack"] } });
        await ground.EventAsync("d1", EventPhase.Migration, EventStatus.Failed);
        await ground.SweepAsync();
        await ground.SweepAfterAsync(TimeSpan.FromMinutes(14));
        Assert.Equal(["raised"], await ground.ToldAsync());

        await ground.SweepAfterAsync(TimeSpan.FromMinutes(1));
        await ground.SweepAfterAsync(TimeSpan.FromMinutes(15));

        Assert.Equal(["raised", "escalated"], await ground.ToldAsync());
        var escalated = (await ground.DeliveriesAsync())[^1];
        Assert.Equal(("pagerduty", "severity=critical for 15 min"), (escalated.Channel, escalated.Notice.Note));
    }

    [Fact]
    public async Task Escalates_again_what_came_back_and_was_told_again()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, Escalating(), settings => settings with { Monitoring = new MonitoringRules { NotificationChannels = ["slack"] } });
        var first = await BreakForAsync(ground, minutes: 16);
        await ground.SweepAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["raised", "escalated", "resolved", "resolved"], await ground.ToldAsync());

        var second = await BreakForAsync(ground, minutes: 30);

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(["raised", "escalated", "resolved", "resolved", "raised", "escalated"], await ground.ToldAsync());
    }

    [Fact]
    public async Task Does_not_escalate_what_somebody_has_acknowledged_and_tells_its_end_to_all_that_were_told()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, Escalating(), settings => settings with { Monitoring = new MonitoringRules { NotificationChannels = ["slack"] } });
        await ground.EventAsync("d1", EventPhase.Migration, EventStatus.Failed);
        await ground.EventAsync("d2", EventPhase.Migration, EventStatus.Failed);
        await ground.SweepAsync();
        var first = (await ground.OpenAsync()).First(alert => alert.DeploymentId == "d1");
        Assert.Equal("Tess", (await ground.Book.AcknowledgeAsync(first.Id, "Tess", Token))?.AcknowledgedBy);
        Assert.Equal("Tess", (await ground.Book.AcknowledgeAsync(first.Id, "Ada", Token))?.AcknowledgedBy);
        await ground.SweepAfterAsync(TimeSpan.FromMinutes(15));
        foreach (var open in await ground.OpenAsync())
            await ground.Book.ResolveAsync(open.Id, "done", "Tess", Token);
        await ground.ToldAsync();

        var deliveries = (await ground.DeliveriesAsync()).ToLookup(delivery => delivery.Notice.DeploymentId, delivery => (delivery.Channel, delivery.Notice.Kind));

        Assert.Equal([("slack", NoticeKind.Raised), ("slack", NoticeKind.Resolved)], deliveries["d1"]);
        Assert.Equal([("pagerduty", NoticeKind.Escalated), ("pagerduty", NoticeKind.Resolved), ("slack", NoticeKind.Raised), ("slack", NoticeKind.Resolved)], deliveries["d2"].Order());
    }

    private static MonitoringSettings Escalating() => AlertGround.Monitoring(AlertGround.Slack(Nowhere), AlertGround.PagerDuty(Nowhere)) with
    {
        Escalations =
        [
            new EscalationSettings("severity=critical", TimeSpan.FromMinutes(15), ["pagerduty"], "rules[0]"),
            new EscalationSettings("consecutiveFailures>=5", TimeSpan.FromMinutes(5), ["pagerduty", "email"], "rules[1]"),
        ],
    };

    /// <summary>Two dashboards look at each minute.</summary>
    private static async Task<Alert> BreakForAsync(AlertGround ground, int minutes)
    {
        var other = ground.NewEngine().Get<AlertSweep>();
        for (var minute = 0; minute < minutes; minute++)
        {
            ground.Time.Advance(TimeSpan.FromMinutes(1));
            await ground.ReportAsync(ping: HealthState.Down, environments: ["staging"]);
            await ground.ReportAsync(environments: ["production"]);
            await Task.WhenAll(ground.SweepAsync(), other.SweepAsync(Token));
        }

        return await ground.OnlyAsync();
    }

    private static async Task<IReadOnlyList<string>> RulesToldAsync(AlertGround ground)
    {
        await ground.ToldAsync();
        return [.. (await ground.DeliveriesAsync()).Select(delivery => delivery.Notice.Rule)];
    }
}
