using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Migrations;

/// <summary>Dashboards that share the application's database and nothing else.</summary>
public sealed class MigrationLockTests(MongoFixture mongo)
{
    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Excludes_a_dashboard_that_has_another_database_of_its_own()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        await using var foreign = mongo.NewDatabase("foreign");
        using var other = new TestEngine(ground.Ground.Settings with { Database = foreign.Name });
        await other.PrepareAsync(Token);
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Operations.Faults.Failpoints.MigrationRuns);
        var running = ground.UpAsync();
        await pause.ReachedAsync();

        var otherRun = await other.RunConfirmedAsync("run-migrations", request: MigrationGround.Request(("retryFailed", true)));
        pause.Release();

        Assert.Equal(RunState.Failed, otherRun.State);
        Assert.StartsWith("Tess has migrated this database from ", otherRun.Message, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was changed.", otherRun.Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Succeeded, (await running).State);
    }

    [Fact]
    public async Task The_lock_of_a_dead_holder_lapses_by_the_servers_clock_and_its_record_is_failed_then()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        await ground.Database.GetCollection<BsonDocument>("migrations_lock").InsertOneAsync(
            new BsonDocument { ["_id"] = "migrations", ["token"] = 4L, ["run"] = "gone", ["expiresAt"] = Now.AddHours(-1) }, cancellationToken: Token);
        await ground.Records.InsertOneAsync(
            new BsonDocument { ["version"] = "001", ["state"] = "running", ["direction"] = "up", ["run"] = "gone", ["done"] = 0, ["commands"] = 1 }, cancellationToken: Token);

        var refused = await ground.PlanAsync("run-migrations");
        var run = await ground.UpAsync(("retryFailed", true));

        Assert.Contains("is recorded as running", Assert.Single(refused!.Blocks).Note, StringComparison.Ordinal);
        Assert.Equal((RunState.Succeeded, "Migrations 001, 002 are executed in staging."), (run.State, run.Message));
        Assert.Contains(await ground.Engine.History.LinesAsync(run.Id, 0, Token), line => line.Level == LineLevel.Warning && line.Text.Contains("ended in the middle of it: none of the 1 commands of its up was carried out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_that_the_teams_own_runner_writes_at_the_same_moment_ends_ours_before_its_first_command()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        using var hook = FailpointHook.Install();
        hook.On(Operations.Faults.Failpoints.MigrationStores, 1, 1, _ => ground.Records.InsertOneAsync(new BsonDocument { ["version"] = "001", ["executedAt"] = Now }, cancellationToken: Token));

        var run = await ground.UpAsync();

        Assert.Equal((RunState.Failed, "Somebody else has recorded migration 001 at this moment; look at the migrations' status before you start again."), (run.State, run.Message));
        Assert.Equal("001:Executed 002:Pending", await ground.ShortAsync());
        Assert.Equal(0, hook.CountOf(Operations.Faults.Failpoints.MigrationRuns));
    }

    [Fact]
    public async Task A_holder_who_was_given_up_is_refused_before_its_next_command()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.Write("001_two", [MigrationGround.Index, """{"create": "never"}"""]);
        using var hook = FailpointHook.Install();
        hook.On(Operations.Faults.Failpoints.MigrationRan, 1, 1, async _ => await ground.Database.GetCollection<BsonDocument>("migrations_lock").UpdateOneAsync(
            new BsonDocument(), new BsonDocument("$set", new BsonDocument { ["token"] = 99L, ["run"] = "another" }), cancellationToken: Token));

        var run = await ground.UpAsync();

        Assert.Equal(RunState.Interrupted, run.State);
        Assert.Equal(1, hook.CountOf(Operations.Faults.Failpoints.MigrationRan));
        Assert.DoesNotContain("never", await (await ground.Database.ListCollectionNamesAsync(cancellationToken: Token)).ToListAsync(Token));
    }
}
