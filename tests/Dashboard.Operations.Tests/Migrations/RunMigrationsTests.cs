using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Migrations;

public sealed class RunMigrationsTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_what_is_pending_in_numeric_order_and_records_each()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.Write("10_last", [MigrationGround.SetLevel], [MigrationGround.UnsetLevel]);
        ground.Write("9_first", [MigrationGround.Index]);

        var run = await ground.UpAsync();

        Assert.Equal((RunState.Succeeded, "Migrations 9, 10 are executed in staging."), (run.State, run.Message));
        Assert.Equal("9, 10", run.Facts["executed-migrations"]);
        Assert.Equal("9:Executed 10:Executed", await ground.ShortAsync());
        var record = await ground.RecordAsync("10");
        Assert.Equal(("last", "10_last.json", true), (record["description"].AsString, record["filename"].AsString, record["rollbackAvailable"].AsBoolean));
        Assert.Equal((2L, "executed", "Tess", run.Id), (record["sequence"].ToInt64(), record["state"].AsString, record["who"].AsString, record["run"].AsString));
        Assert.Equal(64, record["checksum"].AsString.Length);
        Assert.True(record["executedAt"].IsValidDateTime);
        Assert.True(record["executionTime"].IsNumeric);
        Assert.False((await ground.RecordAsync("9"))["rollbackAvailable"].AsBoolean);
        Assert.Equal(20, await ground.Database.GetCollection<BsonDocument>("characters").CountDocumentsAsync(new BsonDocument("level", 1), cancellationToken: Token));
        Assert.Contains(await IndexesAsync(ground, "migrations"), index => index["key"].AsBsonDocument.Contains("version") && index["unique"].ToBoolean());
    }

    [Fact]
    public async Task Says_that_nothing_is_pending_and_needs_no_plan_for_that()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        await ground.UpAsync();

        Assert.Null(await ground.PlanAsync("run-migrations"));
        var run = await ground.Engine.RunAsync("run-migrations", stopping: Token);

        Assert.Equal((RunState.Succeeded, "Nothing is pending in staging."), (run.State, run.Message));
    }

    [Fact]
    public async Task A_dry_run_leaves_the_database_as_it_was_to_the_last_index()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        var before = await ground.DatabaseStateAsync();

        var run = await ground.Engine.RunAsync("run-migrations", request: MigrationGround.Request(("dryRun", true)), stopping: Token);
        var plan = await ground.PlanAsync("run-migrations");

        Assert.Equal((RunState.Succeeded, "Dry run: 001, 002 would run. Nothing was changed."), (run.State, run.Message));
        Assert.NotNull(plan);
        Assert.Equal(before, await ground.DatabaseStateAsync());
        var log = await ground.Engine.History.LinesAsync(run.Id, 0, Token);
        Assert.Contains(log, line => line.Text.Contains("createIndexes characters: level_1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Applies_nothing_where_config_says_so(bool dryRun, bool validateOnly)
    {
        await using var ground = await MigrationGround.MakeAsync(mongo, rules => rules with { DryRun = dryRun, ValidateOnly = validateOnly });
        ground.WriteTwo();
        var before = await ground.DatabaseStateAsync();

        var run = await ground.Engine.RunAsync("run-migrations", stopping: Token);

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.EndsWith("001, 002 would run. Nothing was changed.", run.Message, StringComparison.Ordinal);
        Assert.Equal(before, await ground.DatabaseStateAsync());
    }

    [Fact]
    public async Task Stops_at_the_first_failure_with_the_command_that_failed_and_never_runs_later_ones()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.Write("001_good", [MigrationGround.Index], [MigrationGround.DropIndex]);
        ground.Write("002_bad", [MigrationGround.SetLevel, MigrationGround.Fails], [MigrationGround.UnsetLevel]);
        ground.Write("003_never", ["""{"create": "never"}"""]);

        var run = await ground.UpAsync();

        Assert.Equal(RunState.Failed, run.State);
        Assert.StartsWith("002 (bad) failed in command 2 of 2 of its up (insert characters: 1 document): 1 of its writes were refused", run.Message, StringComparison.Ordinal);
        Assert.EndsWith("The 1 before it were carried out. Not begun: 003. Executed before it: 001.", run.Message, StringComparison.Ordinal);
        Assert.Equal("001:Executed 002:Failed 003:Pending", await ground.ShortAsync());
        var record = await ground.RecordAsync("002");
        Assert.Equal((1, "failed", "up"), (record["done"].ToInt32(), record["state"].AsString, record["direction"].AsString));
        Assert.False(record.Contains("executedAt"));
        Assert.DoesNotContain("never", await CollectionsAsync(ground));
    }

    [Fact]
    public async Task Does_not_go_past_a_failed_one_unless_it_is_told_to_and_then_repeats_no_command_that_was_carried_out()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.Write("001_counts", ["""{"update": "characters", "updates": [{"q": {"_id": 1}, "u": {"$inc": {"times": 1}}}]}""", """{"insert": "later", "documents": [{"_id": 1}]}"""]);
        await ground.Database.GetCollection<BsonDocument>("later").InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Token);
        await ground.UpAsync();

        var plan = await ground.PlanAsync("run-migrations");
        Assert.Contains("failed earlier", Assert.Single(plan!.Blocks).Note, StringComparison.Ordinal);
        await ground.Database.DropCollectionAsync("later", Token);
        var run = await ground.UpAsync(("retryFailed", true));

        Assert.Equal((RunState.Succeeded, "Migration 001 is executed in staging."), (run.State, run.Message));
        Assert.Equal(1, (await ground.Database.GetCollection<BsonDocument>("characters").Find(new BsonDocument("_id", 1)).SingleAsync(Token))["times"].ToInt32());
        Assert.Equal(["executed", "failed"], (await ground.History.Find(new BsonDocument()).ToListAsync(Token)).Select(entry => entry["state"].AsString).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Refuses_all_while_one_file_is_wrong()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        ground.WriteText("003_broken.json", "{");

        var plan = await ground.PlanAsync("run-migrations");

        Assert.Equal("Migration files", Assert.Single(plan!.Blocks).Name);
        Assert.DoesNotContain("migrations", await CollectionsAsync(ground));
    }

    [Fact]
    public async Task Stops_where_it_was_told_to()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();

        var run = await ground.UpAsync(("upTo", "1"));
        var unknown = await ground.PlanAsync("run-migrations", ("upTo", "7"));

        Assert.Equal("Migration 001 is executed in staging.", run.Message);
        Assert.Equal("001:Executed 002:Pending", await ground.ShortAsync());
        Assert.Equal("There is no migration '7'; there are 001, 002. Nothing was migrated.", Assert.Single(unknown!.Blocks).Note);
    }

    [Fact]
    public async Task Makes_a_proven_safety_backup_first_where_config_asks_for_one()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo, rules => rules with { BackupEnabled = true });
        ground.WriteTwo();

        var run = await ground.UpAsync();

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.StartsWith("safety-staging-", Path.GetFileName(run.Facts["safety-archive"]), StringComparison.Ordinal);
        Assert.Equal(["Safety backup: look at the database", "Run the migrations", "Read the records back"], run.Steps.Select(step => step.Title).Where(title => !title.StartsWith("Safety backup: w", StringComparison.Ordinal) && !title.StartsWith("Safety backup: r", StringComparison.Ordinal) && !title.StartsWith("Safety backup: p", StringComparison.Ordinal)).Skip(1));
    }

    [Fact]
    public async Task The_plan_says_what_each_one_does_and_how_to_get_back()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo, rules => rules with { BackupEnabled = true });
        ground.Write("001_index", [MigrationGround.Index], [MigrationGround.DropIndex]);
        ground.Write("002_drop", ["""{"drop": "old"}"""]);

        var plan = await ground.PlanAsync("run-migrations");

        Assert.Equal("staging", plan?.Target);
        Assert.Equal(
            [
                ("Run 2 migrations in this order: 001, 002", null),
                ($"Write and prove the safety backup safety-staging-<time>.gz of '{ground.Database.DatabaseNamespace.DatabaseName}'", null),
                ("Run 001 (index): createIndexes characters: level_1", "only adds"),
                ("Run 002 (drop): drop old", "destroys data, has no down"),
            ],
            plan?.Steps.Select(step => (step.What, step.Detail)));
        Assert.True(plan?.IsDestructive);
        Assert.Equal(["What migration 002 throws away: its down cannot bring it back."], plan?.NotUndone);
        Assert.Equal("restore-backup of the safety backup: 002 has no down.", plan?.Undo);
    }

    [Fact]
    public async Task Keeps_to_the_window_unless_it_is_an_emergency()
    {
        var now = TimeProvider.System.GetUtcNow();
        var yesterday = now.AddDays(-2).DayOfWeek;
        await using var ground = await MigrationGround.MakeAsync(mongo, change: settings => settings with
        {
            Migration = settings.Migration with { Maintenance = new() { AllowedDays = [yesterday], EmergencyOverride = true } },
        });
        ground.WriteTwo();

        var plan = await ground.PlanAsync("run-migrations");
        var run = await ground.UpAsync(("emergency", true));

        Assert.Equal("Window and day", Assert.Single(plan!.Blocks).Name);
        Assert.Equal(RunState.Succeeded, run.State);
    }

    [Fact]
    public async Task Cannot_read_a_database_that_is_away_for_one_where_nothing_ran()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        using var away = new TestEngine(ground.Ground.Settings with { TargetConnectionString = "mongodb://127.0.0.1:9/", StorePatience = TimeSpan.FromMilliseconds(200) });

        var plan = (await away.Intake.PreviewAsync(TestEngine.Call("run-migrations"), Token)).Plan;

        Assert.StartsWith("The records of staging cannot be read:", Assert.Single(plan!.Blocks).Note, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<TimeoutException>(() => away.Get<IMigrations>().StatusAsync(away.Environments.Get("staging"), Token));
    }

    [Fact]
    public async Task Does_nothing_twice_when_it_is_delivered_twice()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.Write("001_counts", ["""{"update": "characters", "updates": [{"q": {"_id": 1}, "u": {"$inc": {"times": 1}}}]}"""]);
        using var other = new TestEngine(ground.Ground.Settings);
        var runId = await ground.Engine.ConfirmAsync("run-migrations");

        await Task.WhenAll(ground.Engine.Runner.RunAsync(runId, Token), other.Runner.RunAsync(runId, Token));
        await ground.Engine.Runner.RunAsync(runId, Token);

        await Invariants.RunEndsAsync(ground.Engine, runId, Token);
        Assert.Equal(1, (await ground.Database.GetCollection<BsonDocument>("characters").Find(new BsonDocument("_id", 1)).SingleAsync(Token))["times"].ToInt32());
    }

    [Fact]
    public async Task A_cancel_stops_before_the_next_command_and_is_recorded()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.Write("001_two", [MigrationGround.Index, MigrationGround.SetLevel], [MigrationGround.UnsetLevel, MigrationGround.DropIndex]);
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Operations.Faults.Failpoints.MigrationRan);
        var runId = await ground.Engine.ConfirmAsync("run-migrations");
        var running = ground.Engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();

        await ground.Engine.Runs.CancelAsync(runId, "Tess", Token);
        var asked = (await ground.Engine.FindAsync(runId)).AliveUntil;
        await Eventually.TrueAsync(async () => (await ground.Engine.FindAsync(runId)).AliveUntil > asked + (2 * ground.Ground.Settings.Heartbeat), "a sign of life has seen the cancel");
        pause.Release();
        var run = await running;

        Assert.Equal(RunState.Cancelled, run?.State);
        Assert.Equal("001:Failed", await ground.ShortAsync());
        Assert.Equal(1, (await ground.RecordAsync("001"))["done"].ToInt32());
        Assert.Equal(RunState.Succeeded, (await ground.UpAsync(("retryFailed", true))).State);
    }

    private static async Task<List<string>> CollectionsAsync(MigrationGround ground)
    {
        using var names = await ground.Database.ListCollectionNamesAsync(cancellationToken: Token);
        return await names.ToListAsync(Token);
    }

    private static async Task<List<BsonDocument>> IndexesAsync(MigrationGround ground, string collection)
    {
        using var indexes = await ground.Database.GetCollection<BsonDocument>(collection).Indexes.ListAsync(Token);
        return await indexes.ToListAsync(Token);
    }
}
