using System.Text.Json.Nodes;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Deployments;

public sealed class RollBackTests(MongoFixture mongo)
{
    private const string SetSeen = """{ "update": "characters", "updates": [{ "q": {}, "u": { "$set": { "seen": true } }, "multi": true }] }""";
    private const string DeleteCharacters = """{ "delete": "characters", "deletes": [{ "q": {}, "limit": 0 }] }""";
    private const string UnsetSeen = """{ "update": "characters", "updates": [{ "q": {}, "u": { "$unset": { "seen": "" } }, "multi": true }] }""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Brings_back_the_version_before_and_sees_it_answer()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        await ground.DeployAsync("dnd-tracker:1.1.0");

        var plan = await ground.PlanAsync("roll-back");
        var run = await ground.RunAsync("roll-back");

        Assert.Equal("App only is safe: no migration ran since.", plan.Verdict);
        Assert.Equal((RunState.Succeeded, "staging is back at 1.0.0, which answers."), (run.State, run.Message));
        Assert.Equal("1.0.0", await ground.VersionAsync());
        var release = await ground.ReleaseAsync(run.Id);
        Assert.Equal((ReleaseKind.Rollback, "staging-v1"), (release?.Kind, release?.GoesBackTo));
        var announced = Assert.Single(await ground.Engine.Get<AlertBook>().ListAsync(new AlertQuery(WithAnnouncements: true), Token));
        Assert.Equal(("rollback", run.Message, run.Id, NoticeKind.Announced), (announced.Rule, announced.Message, announced.DeploymentId, Assert.Single(announced.Outbox).Kind));

        // The deployment was good until somebody went back from it; going back is none itself.
        var deployments = (await Eventually.GetAsync(() => ground.Engine.Get<MetricSums>().ReadAsync(MetricWindow.Always(DeploymentGround.Environment), Token), read => read.Deployments.RolledBack == 1)).Deployments;
        Assert.Equal((1, 1, 1), (deployments.Total, deployments.Successful, deployments.ChangeFailures));
    }

    [Fact]
    public async Task Going_back_once_more_never_means_the_version_that_was_left()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        await ground.DeployAsync("dnd-tracker:1.1.0");
        await ground.RunAsync("roll-back");

        var plan = await ground.PlanAsync("roll-back");

        Assert.Equal("staging has no earlier good release to go back to.", Assert.Single(plan.Blocks).Note);
    }

    [Fact]
    public async Task A_second_delivery_goes_back_no_further()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        ground.AddImage("1.1.5");
        await ground.DeployAsync("dnd-tracker:1.1.0");
        await ground.DeployAsync("dnd-tracker:1.1.5");
        var run = await ground.RunAsync("roll-back");

        await ground.Engine.Runner.RunAsync(run.Id, Token);

        Assert.Equal("1.1.0", await ground.VersionAsync());
        Assert.Equal(4, (await ground.Platform.ReleasesAsync(DeploymentGround.Environment, Token)).Count);
    }

    [Fact]
    public async Task Says_what_runs_when_it_is_cancelled_in_the_middle()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo, rules => rules with { Deployment = rules.Deployment with { HealthCheckTimeout = TimeSpan.FromSeconds(60) } });
        await ground.DeployAsync("dnd-tracker:1.1.0");
        ground.AddImage("1.0.0", ("APP_UNHEALTHY", "true"));
        var id = await ground.Engine.ConfirmAsync("roll-back", DeploymentGround.Environment);
        var running = ground.Engine.Runner.RunAsync(id, Token);
        await Eventually.TrueAsync(async () => (await ground.Engine.FindAsync(id)).Steps.Any(step => step.Title.StartsWith("Deploy ", StringComparison.Ordinal)), "it deploys the earlier version");

        await ground.Engine.Runs.CancelAsync(id, "Tess", Token);
        var run = await running;

        Assert.Equal(RunState.Cancelled, run?.State);
        Assert.Contains("the machines are 1 × dnd-tracker:1.1.0", (await ground.ReleaseAsync(id))?.Message, StringComparison.Ordinal);
        Assert.Equal("1.1.0", await ground.VersionAsync());
    }

    [Fact]
    public async Task Takes_back_what_was_migrated_since_before_the_version()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        var before = await ground.AppliedAsync();
        ground.AddMigration("100", "seen_field", SetSeen, UnsetSeen);
        await ground.DeployAsync("dnd-tracker:1.1.0");

        var plan = await ground.PlanAsync("roll-back");
        var run = await ground.RunAsync("roll-back");

        Assert.Equal("Needs down × 1: 100. Each has a down and none destroyed data.", plan.Verdict);
        Assert.Equal((RunState.Succeeded, "staging is back at 1.0.0, which answers. Taken back: 100."), (run.State, run.Message));
        Assert.Equal(before, await ground.AppliedAsync());
        Assert.Equal(0, await SeenAsync(ground));
    }

    [Fact]
    public async Task Brings_the_backup_back_where_data_was_destroyed()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo, rules => rules with { Migrations = rules.Migrations with { BackupEnabled = true } });
        var characters = await ground.Target.GetCollection<BsonDocument>("characters").CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: Token);
        ground.AddMigration("100", "no_characters", DeleteCharacters, SetSeen);
        var deployed = await ground.DeployAsync("dnd-tracker:1.1.0");
        Assert.Equal(RunState.Succeeded, deployed.State);

        var plan = await ground.PlanAsync("roll-back");
        var run = await ground.RunAsync("roll-back");

        Assert.StartsWith("Needs the backup of ", plan.Verdict, StringComparison.Ordinal);
        Assert.Contains("100 destroyed data", plan.Verdict, StringComparison.Ordinal);
        Assert.True(plan.IsDestructive);
        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Equal(characters, await ground.Target.GetCollection<BsonDocument>("characters").CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: Token));
        Assert.Equal("1.0.0", await ground.VersionAsync());
        Assert.DoesNotContain("100", await ground.AppliedAsync());

        // The version that is left never meets the database that came back.
        Assert.Equal(["Deploy dnd-tracker:1.0.0 again", "Start the application", "Verify that 1.0.0 answers"], run.Steps.Select(step => step.Title).TakeLast(3));
        Assert.StartsWith("staging-1: APP_VERSION=1.0.0", plan.Steps[^2].What, StringComparison.Ordinal);
        Assert.Equal(plan.Steps[^3], plan.Steps[^2]);
    }

    [Fact]
    public async Task Brings_back_what_run_migrations_destroyed_before_the_deployment()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo, rules => rules with { Migrations = rules.Migrations with { BackupEnabled = true } });
        var characters = ground.Target.GetCollection<BsonDocument>("characters");
        var before = await characters.CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: Token);
        ground.AddMigration("100", "no_characters", DeleteCharacters, SetSeen);
        Assert.Equal(RunState.Succeeded, (await ground.RunAsync("run-migrations")).State);
        ground.AddMigration("101", "seen_field", SetSeen, UnsetSeen);
        Assert.Equal(RunState.Succeeded, (await ground.DeployAsync("dnd-tracker:1.1.0")).State);

        var run = await ground.RunAsync("roll-back");

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Equal(before, await characters.CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: Token));
    }

    [Fact]
    public async Task Starts_an_application_that_was_stopped_only_when_it_has_the_earlier_version()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        await ground.DeployAsync("dnd-tracker:1.1.0");
        Assert.Equal(RunState.Succeeded, (await ground.RunAsync("stop-application")).State);

        var plan = await ground.PlanAsync("roll-back");
        var run = await ground.RunAsync("roll-back");

        Assert.Equal(3, plan.Steps.Count);
        Assert.Equal((RunState.Succeeded, "staging is back at 1.0.0, which answers."), (run.State, run.Message));
        Assert.Equal(["Deploy dnd-tracker:1.0.0 again", "Start the application", "Verify that 1.0.0 answers"], run.Steps.Select(step => step.Title).TakeLast(3));
        Assert.Equal("1.0.0", await ground.VersionAsync());
    }

    [Fact]
    public async Task Leaves_the_decision_to_a_person_where_there_is_no_backup()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        ground.AddMigration("100", "seen_field", SetSeen, string.Empty);
        await ground.DeployAsync("dnd-tracker:1.1.0");

        var plan = await ground.PlanAsync("roll-back");
        var appOnly = await ground.PlanAsync("roll-back", ("type", "app"));

        Assert.StartsWith("A person must decide: 100 has no down", plan.Verdict, StringComparison.Ordinal);
        Assert.Equal("What it needs", Assert.Single(plan.Blocks).Name);
        Assert.Empty(appOnly.Blocks);
        Assert.Contains(appOnly.Checks, check => check is { Name: "What it needs", Verdict: PlanVerdict.Warning });
    }

    [Fact]
    public async Task Passes_over_an_image_that_is_gone()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        ground.AddImage("1.1.5");
        await ground.DeployAsync("dnd-tracker:1.1.0");
        await ground.DeployAsync("dnd-tracker:1.1.5");
        ground.DeleteImage("1.1.0");

        var named = await ground.PlanAsync("roll-back", ("to", "dnd-tracker:1.1.0"));
        var run = await ground.RunAsync("roll-back");

        Assert.StartsWith("dnd-tracker:1.1.0 is no longer on this machine", Assert.Single(named.Blocks).Note, StringComparison.Ordinal);
        Assert.Equal("staging is back at 1.0.0, which answers.", run.Message);
    }

    [Fact]
    public async Task Takes_back_only_migrations_when_that_is_asked()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        ground.AddMigration("100", "seen_field", SetSeen, UnsetSeen);
        await ground.DeployAsync("dnd-tracker:1.1.0");

        var tooMany = await ground.PlanAsync("roll-back", ("type", "migration"), ("steps", 50));
        var run = await ground.RunAsync("roll-back", ("type", "migration"));

        Assert.Equal("Can be taken back", Assert.Single(tooMany.Blocks).Name);
        Assert.Equal((RunState.Succeeded, "100 was taken back; the version was left as it is."), (run.State, run.Message));
        Assert.Equal("1.1.0", await ground.VersionAsync());
        Assert.Equal(0, await SeenAsync(ground));
    }

    [Fact]
    public async Task Restores_only_the_database_when_that_is_asked()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        var backup = await ground.Engine.RunAsync("create-backup", DeploymentGround.Environment, stopping: Token);
        Assert.Equal(RunState.Succeeded, backup.State);
        await ground.Target.GetCollection<BsonDocument>("characters").DeleteManyAsync(FilterDefinition<BsonDocument>.Empty, Token);

        var run = await ground.RunAsync("roll-back", ("type", "database"), ("archive", (JsonNode)Path.GetFileName(backup.Facts["archive"])));

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Equal(40, await ground.Target.GetCollection<BsonDocument>("characters").CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: Token));
        Assert.Equal("1.0.0", await ground.VersionAsync());
    }

    [Fact]
    public async Task Says_what_runs_when_the_earlier_version_does_not_become_healthy_either()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo, rules => rules with { Deployment = rules.Deployment with { HealthCheckTimeout = TimeSpan.FromSeconds(10) } });
        Assert.Equal(RunState.Succeeded, (await ground.DeployAsync("dnd-tracker:1.1.0")).State);
        ground.AddImage("1.0.0", ("APP_UNHEALTHY", "true"));

        var run = await ground.RunAsync("roll-back");

        Assert.Equal(RunState.Failed, run.State);
        Assert.EndsWith("Now the machines are 1 × dnd-tracker:1.1.0 (healthy). A person must decide.", run.Message, StringComparison.Ordinal);
        Assert.Equal("1.1.0", await ground.VersionAsync());
    }

    private static Task<long> SeenAsync(DeploymentGround ground) =>
        ground.Target.GetCollection<BsonDocument>("characters").CountDocumentsAsync(new BsonDocument("seen", true), cancellationToken: Token);
}
