using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Migrations;

public sealed class RollBackMigrationsTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Takes_back_the_newest_first_and_keeps_what_was_in_the_history()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        await ground.UpAsync();

        var run = await ground.DownAsync(("steps", 2));

        Assert.Equal((RunState.Succeeded, "Migrations 002, 001 are rolled back in staging."), (run.State, run.Message));
        Assert.Equal("001:RolledBack 002:RolledBack", await ground.ShortAsync());
        Assert.Equal(0, await ground.Records.CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
        var history = await ground.History.Find(new BsonDocument("state", "rolled-back")).ToListAsync(Token);
        Assert.Equal(["001", "002"], history.Select(entry => entry["version"].AsString).Order(StringComparer.Ordinal));
        Assert.Equal(0, await ground.Database.GetCollection<BsonDocument>("characters").CountDocumentsAsync(new BsonDocument("level", 1), cancellationToken: Token));
    }

    [Fact]
    public async Task Gives_what_is_executed_again_a_higher_sequence()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        await ground.UpAsync();
        await ground.DownAsync();

        await ground.UpAsync();

        Assert.Equal(3L, (await ground.RecordAsync("002"))["sequence"].ToInt64());
    }

    [Fact]
    public async Task Takes_back_one_when_nothing_is_said_and_everything_after_the_one_that_stays()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        ground.Write("003_more", ["""{"create": "more"}"""], ["""{"drop": "more"}"""]);
        await ground.UpAsync();

        Assert.Equal("Migration 003 is rolled back in staging.", (await ground.DownAsync()).Message);
        Assert.Equal("Migration 002 is rolled back in staging.", (await ground.DownAsync(("to", "001"))).Message);
        Assert.Equal("Migration 001 is rolled back in staging.", (await ground.DownAsync(("to", "0"))).Message);
    }

    [Theory]
    [InlineData(0, null, "steps")]
    [InlineData(51, null, "steps")]
    [InlineData(1, "001", "steps")]
    [InlineData(null, "one", "to")]
    public async Task Refuses_a_request_that_makes_no_sense(int? steps, string? to, string field)
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        var request = MigrationGround.Request();
        if (steps is not null)
            request["steps"] = steps;
        if (to is not null)
            request["to"] = to;

        var result = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("roll-back-migrations", request: request), Token);

        Assert.Equal([field], Assert.IsType<IntakeResult.Invalid>(result).Errors.Keys);
    }

    [Fact]
    public async Task Is_forbidden_when_one_has_no_down_and_names_the_other_way()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.Write("001_final", [MigrationGround.Index]);
        await ground.UpAsync();

        var plan = await ground.PlanAsync("roll-back-migrations");

        Assert.Equal("Migration 001 has no down and cannot be rolled back; restore the backup from before it instead. Nothing was changed.", Assert.Single(plan!.Blocks).Note);
    }

    [Fact]
    public async Task Says_per_migration_what_its_down_does_and_whether_data_is_lost()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        await ground.UpAsync();

        var plan = await ground.PlanAsync("roll-back-migrations", ("steps", 2));

        Assert.Equal("Roll back 2 migrations in this order: 002, 001", plan?.Steps[0].What);
        Assert.StartsWith("Roll back 002 (add the level): update characters: ", plan?.Steps[1].What, StringComparison.Ordinal);
        var data = plan?.Checks.Single(check => check.Name == "Data");
        Assert.Equal(PlanVerdict.Warning, data?.Verdict);
        Assert.StartsWith("002: data is lost.", data?.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_down_is_recorded_and_ends_it_and_never_touches_the_one_before()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.Write("001_index", [MigrationGround.Index], [MigrationGround.DropIndex]);
        ground.Write("002_bad_down", [MigrationGround.SetLevel], [MigrationGround.UnsetLevel, """{"drop": "no_such"}""", MigrationGround.Fails]);
        await ground.UpAsync();

        var run = await ground.DownAsync(("steps", 2));

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("of its down", run.Message, StringComparison.Ordinal);
        Assert.Contains("Not begun: 001.", run.Message, StringComparison.Ordinal);
        Assert.Equal("001:Executed 002:Failed", await ground.ShortAsync());
        var again = await ground.DownAsync();
        Assert.Equal(RunState.Failed, again.State);
        Assert.Equal("001:Executed 002:Failed", await ground.ShortAsync());
    }

    [Fact]
    public async Task Takes_back_one_that_failed_half_way_before_any_other()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.Write("001_index", [MigrationGround.Index], [MigrationGround.DropIndex]);
        ground.Write("002_half", ["""{"create": "half"}""", MigrationGround.Fails, """{"create": "other"}"""], ["""{"drop": "other"}""", """{"drop": "half"}"""]);
        Assert.Equal(RunState.Failed, (await ground.UpAsync()).State);

        var run = await ground.DownAsync();

        Assert.Equal((RunState.Succeeded, "Migration 002 is rolled back in staging."), (run.State, run.Message));
        Assert.Equal("001:Executed 002:RolledBack", await ground.ShortAsync());
    }

    [Fact]
    public async Task Takes_back_what_the_teams_own_runner_recorded_by_its_time()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        await ground.Records.InsertManyAsync(
            [
                new BsonDocument { ["version"] = "001", ["description"] = "index the level", ["filename"] = "001_index_the_level.json", ["executedAt"] = DateTime.UtcNow.AddDays(-1), ["executionTime"] = 12, ["rollbackAvailable"] = true },
                new BsonDocument { ["version"] = "002", ["description"] = "add the level", ["filename"] = "002_add_the_level.json", ["executedAt"] = DateTime.UtcNow.AddDays(-2), ["executionTime"] = 12.0, ["rollbackAvailable"] = true },
            ],
            cancellationToken: Token);

        var status = await ground.StatusAsync();

        Assert.Equal(["001", "002"], status.NewestFirst.Select(entry => entry.Version));
        Assert.Equal("001:Executed 002:Executed", await ground.ShortAsync());
        Assert.Equal(TimeSpan.FromMilliseconds(12), status.Entries[1].Took);
    }

    [Fact]
    public async Task Refuses_to_take_one_out_of_the_middle()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        await ground.UpAsync();

        var (_, refusal) = MigrationOrder.ChooseBack(await ground.StatusAsync(), ["001"]);

        Assert.Equal("Migration 002 was executed later and is not to be rolled back; the newest go first. Nothing was changed.", refusal);
    }
}
