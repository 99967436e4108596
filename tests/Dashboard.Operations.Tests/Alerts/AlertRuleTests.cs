using System.Text.Json.Nodes;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Alerts.Rules;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Health;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Alerts;

/// <summary>Each rule just below and just above its threshold.</summary>
public sealed class AlertRuleTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(EventPhase.Deployment, 300_000, null)]
    [InlineData(EventPhase.Deployment, 300_001, "slow-deployment")]
    [InlineData(EventPhase.Migration, 60_000, null)]
    [InlineData(EventPhase.Migration, 60_001, "slow-migration")]
    [InlineData(EventPhase.Backup, 900_000, null)]
    public async Task A_slow_phase(EventPhase phase, double milliseconds, string? rule)
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await ground.EventAsync("d1", phase, EventStatus.Success, milliseconds);

        await ground.SweepAsync();

        Assert.Equal(rule is null ? [] : [(rule, AlertSeverity.Warning)], (await ground.OpenAsync()).Select(alert => (alert.Rule, alert.Severity)));
    }

    [Theory]
    [InlineData(EventPhase.Migration, EventStatus.Failed, AlertSeverity.Critical)]
    [InlineData(EventPhase.Migration, EventStatus.Error, AlertSeverity.Critical)]
    [InlineData(EventPhase.Backup, EventStatus.Failed, AlertSeverity.Error)]
    public async Task A_phase_that_failed(EventPhase phase, EventStatus status, AlertSeverity severity)
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await ground.EventAsync("d1", phase, status);

        await ground.SweepAsync();

        Assert.Equal(("phase-failed", severity), ((await ground.OnlyAsync()).Rule, (await ground.OnlyAsync()).Severity));
    }

    [Fact]
    public async Task What_is_older_than_a_day_is_told_no_more()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        ground.Time.Advance(TimeSpan.FromDays(2)); // Within one week: an event of a closed one counts from when it came.
        await ground.EventAsync("d1", EventPhase.Deployment, EventStatus.Failed, ago: TimeSpan.FromHours(25));

        await ground.SweepAsync();

        Assert.Empty(await ground.OpenAsync());
    }

    [Fact]
    public async Task A_deployment_that_does_not_end()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, change: settings => settings with
        {
            Deployment = new DeploymentRules { HealthCheckTimeout = TimeSpan.FromMinutes(1), StabilizationTime = TimeSpan.FromMinutes(1) },
        });
        await ground.EventAsync("d1", EventPhase.Validation, EventStatus.Started);
        await ground.SweepAfterAsync(TimeSpan.FromMinutes(8));
        Assert.Empty(await ground.OpenAsync());

        await ground.SweepAfterAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("deployment-timeout", (await ground.OnlyAsync()).Rule);

        await ground.EventAsync("d1", EventPhase.Verification, EventStatus.Success);
        await ground.SweepAsync();
        Assert.Empty(await ground.OpenAsync());
    }

    [Fact]
    public async Task Too_many_of_a_days_deployments_failed_and_one_alone_is_no_rate()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await ground.FailAsync("d0");
        await ground.ReportAsync();
        await ground.SweepAsync();
        Assert.DoesNotContain(await ground.OpenAsync(), alert => alert.Rule == "high-error-rate");

        await ground.SucceedAsync("d1");
        await ground.SweepAsync();
        Assert.Contains(await ground.OpenAsync(), alert => alert is { Rule: "high-error-rate", Title: "High error rate: 50 %" });

        for (var number = 2; number < 10; number++)
            await ground.SucceedAsync($"d{number}");
        await ground.ReportAsync();
        await ground.SweepAsync();
        Assert.DoesNotContain(await ground.OpenAsync(), alert => alert.Rule == "high-error-rate");
    }

    [Fact]
    public async Task A_deployment_that_went_back_has_failed_whatever_answers_afterwards_and_going_back_is_none()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        foreach (var deployment in new[] { "d1", "d2", "d3" })
        {
            ground.Time.Advance(TimeSpan.FromSeconds(1));
            await ground.EventAsync(deployment, EventPhase.Validation, EventStatus.Started);
            ground.Time.Advance(TimeSpan.FromSeconds(1));
            await ground.EventAsync(deployment, EventPhase.Rollback, EventStatus.Success);
            ground.Time.Advance(TimeSpan.FromSeconds(1));
            await ground.EventAsync(deployment, EventPhase.Verification, EventStatus.Success);
            await ground.EventAsync($"{deployment}-back", EventPhase.Rollback, EventStatus.Started);
        }

        await ground.SweepAsync();

        Assert.Equal(["high-error-rate", "multiple-failures"], (await ground.OpenAsync()).Select(alert => alert.Rule).Order());
    }

    [Theory]
    [InlineData(1_000, HealthState.Healthy, null)]
    [InlineData(1_001, HealthState.Degraded, AlertSeverity.Warning)]
    [InlineData(2_000, HealthState.Degraded, AlertSeverity.Critical)]
    [InlineData(5_000, HealthState.Down, AlertSeverity.Critical)]
    public async Task A_database_that_is_slow_or_away_twice_in_a_row(double milliseconds, HealthState ping, AlertSeverity? severity)
    {
        await using var ground = await AlertGround.MakeAsync(mongo, change: settings => settings with { QueryCritical = TimeSpan.FromSeconds(2) });
        ground.Time.Advance(TimeSpan.FromMinutes(1));
        await ground.ReportAsync(milliseconds, ping, environments: ["staging"]);

        await ground.SweepAsync();

        Assert.Equal(severity is { } expected ? [("database-performance", expected)] : [], (await ground.OpenAsync()).Select(alert => (alert.Rule, alert.Severity)));
    }

    [Fact]
    public async Task One_check_that_stands_in_several_reports_is_not_twice_in_a_row()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        await ReportTwiceAsync(ground, HealthState.Down);
        Assert.Empty(await ground.OpenAsync());

        await ReportTwiceAsync(ground, HealthState.Down);
        Assert.Equal(["application-down", "database-performance"], (await ground.OpenAsync()).Select(alert => alert.Rule).Order());

        await ReportTwiceAsync(ground, HealthState.Healthy);
        Assert.Empty(await ground.OpenAsync());
    }

    [Fact]
    public async Task An_application_that_is_down_and_checks_that_stop_end_no_alert()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        ground.Time.Advance(TimeSpan.FromMinutes(1));
        await ground.ReportAsync(application: HealthState.Down);
        await ground.SweepAsync();
        Assert.Equal("application-down", (await ground.OnlyAsync()).Rule);

        ground.Time.Advance(TimeSpan.FromMinutes(3.1));
        await ground.SweepAsync();

        // Three intervals without a report: it is not known any more, which is another alert and no good news.
        Assert.Equal(["application-down", "check-not-running"], (await ground.OpenAsync()).Select(alert => alert.Rule).Order());
    }

    [Fact]
    public async Task A_dashboard_that_was_away_gives_its_checks_time_to_run()
    {
        await using var ground = await AlertGround.MakeAsync(mongo);
        ground.Time.Advance(TimeSpan.FromHours(5));
        var restarted = ground.NewEngine();
        await restarted.Get<AlertSweep>().SweepAsync(Token);
        Assert.Empty(await ground.OpenAsync());

        ground.Time.Advance(TimeSpan.FromMinutes(3.1));
        await restarted.Get<AlertSweep>().SweepAsync(Token);

        Assert.Equal("check-not-running", (await ground.OnlyAsync()).Rule);
    }

    [Fact]
    public async Task A_backup_that_was_never_proven_or_is_too_old()
    {
        await using var ground = await AlertGround.MakeAsync(mongo, change: settings => settings with { BackupEnabled = true, MaxProvenAge = TimeSpan.FromHours(26) });
        await ground.SweepAsync();
        Assert.Equal(("backup-proof-too-old", "No backup is proven to restore"), ((await ground.OnlyAsync()).Rule, (await ground.OnlyAsync()).Title));

        await ground.Ground.FillTargetAsync(20, 100, Token);
        Assert.Equal(RunState.Succeeded, (await ground.Engine.RunAsync("create-backup", stopping: Token)).State);
        var verified = await ground.Engine.RunAsync("verify-backup", stopping: Token);
        Assert.True(verified.State == RunState.Succeeded, verified.Message);
        await ground.SweepAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(await ground.OpenAsync());

        await ground.SweepAfterAsync(TimeSpan.FromHours(26));
        Assert.Equal("The newest proven backup is too old", Assert.Single(await ground.OpenAsync()).Title);
    }

    [Fact]
    public async Task A_second_copy_that_is_missing_first_warns_and_then_is_an_error()
    {
        await using var ground = await AlertGround.MakeAsync(
            mongo, change: settings => settings with { BackupEnabled = true, MaxProvenAge = TimeSpan.FromDays(300), RedundantBackups = 2, OffSiteBackup = true }, engine: settings => settings with { CopyFolders = ["/proc/no-folder"] });
        await ground.Ground.FillTargetAsync(20, 100, Token);
        await ground.Engine.RunAsync("create-backup", stopping: Token);
        await ground.SweepAsync();
        Assert.DoesNotContain(await ground.OpenAsync(), alert => alert.Rule == "second-copy-missing");

        await ground.SweepAfterAsync(TimeSpan.FromMinutes(61));
        Assert.Equal(AlertSeverity.Warning, Assert.Single(await ground.OpenAsync(), alert => alert.Rule == "second-copy-missing").Severity);

        await ground.SweepAfterAsync(TimeSpan.FromHours(24));
        Assert.Equal(AlertSeverity.Error, Assert.Single(await ground.OpenAsync(), alert => alert.Rule == "second-copy-missing").Severity);
    }

    [Fact]
    public async Task A_scheduled_run_that_did_not_begin_is_overdue_until_one_does()
    {
        var duty = new ScheduleSettings("nightly-check", "0 3 * * *", TimeZoneInfo.Utc, "check-health", "staging", "Nightly", "{}");
        await using var ground = await AlertGround.MakeAsync(mongo, configure: services => services.AddSingleton(new Settings
        {
            Mode = DashboardMode.Fly,
            Database = "unused",
            BackupDirectory = "unused",
            Environments = [],
            Schedule = [duty],
            HealthChecks = new HealthCheckSettings(Enabled: false, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), 1, []),
        }));
        await ground.SweepAsync();
        Assert.Empty(await ground.OpenAsync());

        await ground.SweepAfterAsync(TimeSpan.FromHours(15) + TimeSpan.FromMinutes(14));
        Assert.Empty(await ground.OpenAsync());
        await ground.SweepAfterAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(("duty-overdue", "nightly-check did not run"), ((await ground.OnlyAsync()).Rule, (await ground.OnlyAsync()).Title));

        var accepted = await ground.Engine.Intake.AcceptAsync(new OperationCall("check-health", "staging", "Nightly", new JsonObject(), TestEngine.VisitOf("schedule nightly-check", Door.Schedule)), Token);
        Assert.IsType<IntakeResult.Accepted>(accepted);
        await ground.SweepAsync();
        Assert.Empty(await ground.OpenAsync());
    }

    /// <summary>Two reports with one check of each target, a minute after what was before.</summary>
    private static async Task ReportTwiceAsync(AlertGround ground, HealthState state)
    {
        ground.Time.Advance(TimeSpan.FromMinutes(1));
        var checkedAt = ground.Time.GetUtcNow();
        for (var report = 0; report < 2; report++, ground.Time.Advance(TimeSpan.FromSeconds(30)))
        {
            await ground.Engine.Get<HealthHistory>().SaveAsync(
                new HealthReport
                {
                    Environment = "staging",
                    At = ground.Time.GetUtcNow(),
                    Checks = [new("/api/health/migrations", state, 12, "503 error.") { At = checkedAt }, new(HealthTargets.Ping, state, 3, "A ping.") { At = checkedAt }],
                },
                Token);
            await ground.SweepAsync();
        }
    }

    [Theory]
    [InlineData("0 3 * * *", "2026-11-23T12:00:00Z", "2026-11-23T03:00:00Z")]
    [InlineData("0 4 * * 1", "2026-11-22T12:00:00Z", "2026-11-16T04:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-11-23T12:00:00Z", null)]
    [InlineData("0 0 1 1 *", "2026-11-23T12:00:00Z", "2026-01-01T00:00:00Z")]
    public void Finds_the_last_slot_of_a_duty(string cron, string before, string? expected)
    {
        var duty = new ScheduleSettings("duty", cron, TimeZoneInfo.Utc, "check-health", "staging", "r", "{}");

        var last = DutyOverdue.LastSlot(duty, DateTimeOffset.Parse(before, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), last);
    }
}
