using Dashboard.Operations.Configuration;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Deployments;

public sealed class DeployReleaseTests(MongoFixture mongo)
{
    private const string Index = """{ "createIndexes": "characters", "indexes": [{ "key": { "campaign": 1 }, "name": "campaign_1" }] }""";
    private const string DropIndex = """{ "dropIndexes": "characters", "index": "campaign_1" }""";
    private const string Broken = """{ "createIndexes": "characters", "indexes": [{ "key": { "x": "no kind of index" }, "name": "x" }] }""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backs_up_migrates_releases_and_sees_the_new_version_answer()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo, rules => rules with { Migrations = rules.Migrations with { BackupEnabled = true } });
        ground.AddMigration("100", "campaign_index", Index, DropIndex);

        var run = await ground.DeployAsync("dnd-tracker:1.1.0");

        Assert.Equal((RunState.Succeeded, "staging runs 1.1.0, migrated 100; before it was 1.0.0."), (run.State, run.Message));
        Assert.Equal("1.1.0", await ground.VersionAsync());
        Assert.Contains("100", await ground.AppliedAsync());
        var release = await ground.ReleaseAsync(run.Id);
        Assert.NotNull(release);
        Assert.Equal((ReleaseState.Complete, "1.1.0", "dnd-tracker:1.0.0", 2), (release.State, release.Version, release.ImageBefore, release.Number));
        Assert.Equal(["100"], release.Migrated);
        Assert.NotNull(ground.Engine.Backups.Find(release.SafetyBackup ?? string.Empty));
        Assert.Equal(
            [ReleasePhase.Validation, ReleasePhase.Backup, ReleasePhase.Migration, ReleasePhase.Deployment, ReleasePhase.Verification],
            PhaseSpan.Of(release.Events).Select(span => span.Phase));
        Assert.All(PhaseSpan.Of(release.Events), span => Assert.Equal(PhaseState.Success, span.State));
        var sum = await Eventually.GetAsync(() => ground.Engine.Get<MetricSums>().ReadAsync(MetricWindow.Always(DeploymentGround.Environment), Token), read => read.Events.Count == 10);
        Assert.Equal((1, 1, 1), (sum.Deployments.Total, sum.Deployments.Successful, sum.Deployments.Times.Count));
        Assert.Equal(Enum.GetValues<EventPhase>()[..5].SelectMany(phase => new[] { (phase, EventStatus.Started), (phase, EventStatus.Success) }), sum.Events.Phases.Select(phase => (phase.Phase, phase.Status)));
    }

    [Fact]
    public async Task Goes_back_by_itself_from_a_version_that_is_never_healthy()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo, rules => rules with { Deployment = rules.Deployment with { HealthCheckTimeout = TimeSpan.FromSeconds(12) } });
        ground.AddMigration("100", "campaign_index", Index, DropIndex);

        var run = await ground.DeployAsync("dnd-tracker:1.2.0-bad");

        Assert.Equal(RunState.Failed, run.State);
        Assert.EndsWith("It went back by itself, and 1.0.0 answers again. 100 stays: it only added something.", run.Message, StringComparison.Ordinal);
        Assert.Equal("1.0.0", await ground.VersionAsync());
        var releases = await ground.ReleasesAsync();
        Assert.Equal((ReleaseKind.Rollback, ReleaseState.Complete, $"{run.Id}-back"), (releases[0].Kind, releases[0].State, releases[0].Id));
        Assert.Equal((ReleaseKind.Deployment, ReleaseState.Failed), (releases[1].Kind, releases[1].State));
        Assert.Equal(releases.Count, releases.Select(release => release.Number).Distinct().Count());
        var deployments = (await Eventually.GetAsync(() => ground.Engine.Get<MetricSums>().ReadAsync(MetricWindow.Always(DeploymentGround.Environment), Token), read => read.Deployments.Restores.Count == 1)).Deployments;
        Assert.Equal((1, 0, 1, 1, 1), (deployments.Total, deployments.Successful, deployments.Failed, deployments.RolledBack, deployments.Restores.Count));
    }

    [Fact]
    public async Task Goes_back_by_itself_from_a_version_that_turns_bad_while_it_settles()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo, rules => rules with { Deployment = rules.Deployment with { HealthCheckRetries = 2, StabilizationTime = TimeSpan.FromSeconds(3) } });
        ground.AddImage("1.4.0", ("APP_UNHEALTHY_AFTER", "2"));

        var run = await ground.DeployAsync("dnd-tracker:1.4.0");

        Assert.Equal(RunState.Failed, run.State);
        Assert.StartsWith("1.4.0 was released and is not well", run.Message, StringComparison.Ordinal);
        Assert.Contains("1.0.0 answers again", run.Message, StringComparison.Ordinal);
        Assert.Equal("1.0.0", await ground.VersionAsync());
    }

    [Fact]
    public async Task Starts_a_stopped_application_with_the_release_as_the_plan_says()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        await ground.RunAsync("stop-application");

        var plan = await ground.PlanAsync("deploy-release", ("image", "dnd-tracker:1.1.0"));
        var run = await ground.DeployAsync("dnd-tracker:1.1.0");

        Assert.Equal("None runs: 1 machine, version 1.0.0, image dnd-tracker:1.0.0. What is stopped gets the image and is started.", plan.Checks.Single(check => check.Name == "Machines").Note);
        Assert.Superset(ground.Platform.Describe(new PlatformCall.Start(DeploymentGround.Environment)).ToHashSet(StringComparer.Ordinal), plan.Steps.Select(step => step.What).ToHashSet(StringComparer.Ordinal));
        Assert.Equal((RunState.Succeeded, "staging runs 1.1.0; before it was 1.0.0."), (run.State, run.Message));
        Assert.Equal("1.1.0", await ground.VersionAsync());
        Assert.Equal((ReleaseState.Complete, 2), ((await ground.ReleaseAsync(run.Id))?.State, (await ground.ReleaseAsync(run.Id))?.Number));
    }

    [Fact]
    public async Task Goes_back_by_itself_where_the_stopped_application_cannot_be_started_with_the_release()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        await ground.RunAsync("stop-application");

        var run = await ground.DeployAsync("dnd-tracker:1.2.0-bad");

        Assert.Equal(RunState.Failed, run.State);
        Assert.EndsWith("It went back by itself, and 1.0.0 answers again.", run.Message, StringComparison.Ordinal);
        Assert.Equal("1.0.0", await ground.VersionAsync());
    }

    [Fact]
    public async Task Leaves_it_as_it_is_where_the_settings_forbid_going_back()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo, rules => rules with
        {
            Rollback = new RollbackRules { AutoRollback = false },
            Deployment = rules.Deployment with { HealthCheckRetries = 1, StabilizationTime = TimeSpan.FromSeconds(3) },
        });
        ground.AddImage("1.4.0", ("APP_UNHEALTHY_AFTER", "2"));

        var run = await ground.DeployAsync("dnd-tracker:1.4.0");

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("It was left as it is, as rollback.autoRollback says: the machines are 1 × dnd-tracker:1.4.0", run.Message, StringComparison.Ordinal);
        Assert.Equal("dnd-tracker:1.4.0", (await ground.Platform.StatusAsync(DeploymentGround.Environment, Token)).Image);
    }

    [Fact]
    public async Task Touches_no_machine_when_a_migration_fails_and_takes_back_only_its_own()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        var before = await ground.AppliedAsync();
        ground.AddMigration("100", "level_field", """{ "update": "characters", "updates": [{ "q": {}, "u": { "$set": { "seen": true } }, "multi": true }] }""", """{ "update": "characters", "updates": [{ "q": {}, "u": { "$unset": { "seen": "" } }, "multi": true }] }""");
        ground.AddMigration("101", "broken", Broken, DropIndex);
        ground.AddMigration("102", "later", Index, DropIndex);

        var run = await ground.DeployAsync("dnd-tracker:1.1.0");

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("101", run.Message, StringComparison.Ordinal);
        Assert.EndsWith("No machine was changed: version 1.0.0 still runs. 101, 100 were taken back.", run.Message, StringComparison.Ordinal);
        Assert.Equal(before, await ground.AppliedAsync());
        Assert.Equal(0, await ground.Target.GetCollection<BsonDocument>("characters").CountDocumentsAsync(new BsonDocument("seen", true), cancellationToken: Token));
        Assert.Equal("1.0.0", await ground.VersionAsync());
        Assert.Single(await ground.Platform.ReleasesAsync(DeploymentGround.Environment, Token));
    }

    [Fact]
    public async Task Refuses_an_image_that_is_gone()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);

        var plan = await ground.PlanAsync("deploy-release", ("image", "dnd-tracker:9.9.9"));

        Assert.Equal("this machine has no image dnd-tracker:9.9.9. Look at its name, or build it again.", Assert.Single(plan.Blocks).Note);
    }

    [Fact]
    public async Task Asks_what_to_do_with_pending_migrations_where_they_do_not_run_by_themselves()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo, rules => rules with { Migrations = rules.Migrations with { AutoRun = false } });
        ground.AddMigration("100", "campaign_index", Index, DropIndex);

        var refused = await ground.PlanAsync("deploy-release", ("image", "dnd-tracker:1.1.0"));
        var skipped = await ground.DeployAsync("dnd-tracker:1.1.0", ("migrations", "skip"));

        Assert.Contains("100 is pending, and staging does not migrate by itself", Assert.Single(refused.Blocks).Note, StringComparison.Ordinal);
        Assert.Equal(RunState.Succeeded, skipped.State);
        Assert.DoesNotContain("100", await ground.AppliedAsync());
    }

    [Fact]
    public async Task Waits_for_the_window_unless_it_is_an_emergency()
    {
        var closed = TimeOnly.FromDateTime(TimeProvider.System.GetUtcNow().AddHours(6).UtcDateTime);
        await using var ground = await DeploymentGround.MakeAsync(mongo, rules => rules with { Maintenance = new MaintenanceRules { Window = new DailyWindow(closed, closed.AddHours(1), TimeZoneInfo.Utc) } });

        var refused = await ground.PlanAsync("deploy-release", ("image", "dnd-tracker:1.1.0"));
        var run = await ground.DeployAsync("dnd-tracker:1.1.0", ("emergency", true));

        Assert.Equal("Window and day", Assert.Single(refused.Blocks).Name);
        Assert.Equal(RunState.Succeeded, run.State);
    }

    [Fact]
    public async Task Says_who_holds_the_environment_when_two_press_at_once()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        await ground.Engine.ConfirmAsync("deploy-release", DeploymentGround.Environment, new() { ["image"] = "dnd-tracker:1.1.0" });

        var second = TestEngine.Call("deploy-release", DeploymentGround.Environment, new() { ["image"] = "dnd-tracker:1.1.0" });
        var plan = (await ground.Engine.Intake.PreviewAsync(second, Token)).Plan;
        var answer = await ground.Engine.Intake.AcceptAsync(second with { Confirm = plan?.Target, PlanHash = plan?.Hash }, Token);

        Assert.StartsWith("staging is held by 'Deploy' of Tess since", Assert.IsType<IntakeResult.LeaseHeld>(answer).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_delivery_releases_nothing_again()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        var run = await ground.DeployAsync("dnd-tracker:1.1.0");

        await ground.Engine.Runner.RunAsync(run.Id, Token);

        Assert.Equal(2, (await ground.Platform.ReleasesAsync(DeploymentGround.Environment, Token)).Count);
    }

    [Fact]
    public async Task Says_what_runs_when_it_is_cancelled_in_the_middle()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo, rules => rules with { Deployment = rules.Deployment with { HealthCheckTimeout = TimeSpan.FromSeconds(60) } });
        var id = await ground.Engine.ConfirmAsync("deploy-release", DeploymentGround.Environment, new() { ["image"] = "dnd-tracker:1.2.0-bad" });
        var running = ground.Engine.Runner.RunAsync(id, Token);
        await Eventually.TrueAsync(async () => (await ground.Engine.FindAsync(id)).Steps.Any(step => step.Title.StartsWith("Deploy ", StringComparison.Ordinal)), "it deploys");

        await ground.Engine.Runs.CancelAsync(id, "Tess", Token);
        var run = await running;

        Assert.Equal(RunState.Cancelled, run?.State);
        var release = await ground.ReleaseAsync(id);
        Assert.Equal(ReleaseState.Interrupted, release?.State);
        Assert.Contains("the machines are 1 × dnd-tracker:1.0.0", release?.Message, StringComparison.Ordinal);
        Assert.Equal("1.0.0", await ground.VersionAsync());
    }
}
