using Dashboard.Operations.Migrations;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Migrations;

public sealed class MigrationStatusTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tells_drifted_from_orphaned_and_still_counts_both_as_executed()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        await ground.UpAsync();

        File.Delete(Path.Combine(ground.Folder, "001_index_the_level.json"));
        ground.Write("002_add_the_level", [MigrationGround.SetLevel, """{"create": "more"}"""]);
        ground.Write("003_new", ["""{"create": "new"}"""]);

        Assert.Equal("001:Orphaned 002:Drifted 003:Pending", await ground.ShortAsync());
        var status = await ground.StatusAsync();
        Assert.Equal(["001", "002"], status.Applied.Select(entry => entry.Version));
        Assert.Equal("Its file was edited after it ran: what it did may not be what the file says, and its down may not fit.", status.Entries[1].Note);
        var plan = await ground.PlanAsync("run-migrations");
        Assert.Equal(["Orphaned 001", "Drifted 002"], plan!.Checks.Where(check => check.Verdict == Operations.Running.PlanVerdict.Warning).Select(check => check.Name));
        Assert.Empty(plan.Blocks);
    }

    [Fact]
    public async Task Reads_what_others_wrote_without_stumbling()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        await ground.Records.InsertManyAsync(
            [
                new BsonDocument { ["version"] = "1", ["executedAt"] = "yesterday", ["executionTime"] = "long" },
                new BsonDocument { ["version"] = "002", ["state"] = "someday" },
            ],
            cancellationToken: Token);

        Assert.Equal("001:Executed 002:Failed", await ground.ShortAsync());
        Assert.Equal("Its record has the state 'someday', which this version does not know.", (await ground.StatusAsync()).Entries[1].Note);
    }

    [Fact]
    public async Task Two_records_of_one_number_are_a_problem()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        await ground.Records.InsertManyAsync([new BsonDocument("version", "1"), new BsonDocument("version", "001"), new BsonDocument("version", "first")], cancellationToken: Token);

        Assert.Equal(
            ["The database has 2 records of migration 1; remove all but the true one.", "The database has a record whose version 'first' is no number; remove it or give it its number."],
            (await ground.StatusAsync()).Problems);
    }

    [Fact]
    public async Task Shows_what_migrate_mongo_recorded()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        await ground.Database.GetCollection<BsonDocument>("changelog").InsertManyAsync(
            [
                new BsonDocument { ["fileName"] = "20260101-first.js", ["appliedAt"] = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) },
                new BsonDocument { ["fileName"] = "20260201-second.js", ["appliedAt"] = new DateTime(2026, 2, 1, 0, 0, 0, DateTimeKind.Utc), ["fileHash"] = "abc" },
            ],
            cancellationToken: Token);

        var ledger = Assert.Single(await ForeignMigrations.ReadAsync(ground.Engine.Environments.Get("staging"), Token));

        Assert.Equal(("migrate-mongo", "changelog"), (ledger.Tool, ledger.Collection));
        Assert.Equal([("20260201-second.js", "applied"), ("20260101-first.js", "applied")], ledger.Entries.Select(entry => (entry.Name, entry.State)));
    }

    [Fact]
    public async Task Shows_what_mongock_recorded()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        await ground.Database.GetCollection<BsonDocument>("mongockChangeLog").InsertOneAsync(
            new BsonDocument
            {
                ["changeId"] = "add-level",
                ["author"] = "ada",
                ["state"] = "ROLLED_BACK",
                ["executionMillis"] = 37L,
                ["timestamp"] = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            },
            cancellationToken: Token);

        var ledger = Assert.Single(await ForeignMigrations.ReadAsync(ground.Engine.Environments.Get("staging"), Token));

        Assert.Equal(
            new ForeignMigration("add-level", "rolled back", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), "ada", TimeSpan.FromMilliseconds(37)),
            Assert.Single(ledger.Entries));
    }

    [Fact]
    public async Task Shows_no_other_tool_where_there_is_none()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);

        Assert.Empty(await ForeignMigrations.ReadAsync(ground.Engine.Environments.Get("staging"), Token));
    }

    [Fact]
    public async Task One_environment_that_does_not_answer_does_not_hide_the_others()
    {
        await using var ground = await MigrationGround.MakeAsync(mongo);
        ground.WriteTwo();
        using var away = new Testing.Engine.TestEngine(ground.Ground.Settings with { TargetConnectionString = "mongodb://127.0.0.1:9/", StorePatience = TimeSpan.FromMilliseconds(200) });

        var sections = await away.Get<MigrationPages>().ListAsync(Token);
        var good = await ground.Engine.Get<MigrationPages>().FindAsync("staging", Token);

        Assert.All(sections, section => Assert.StartsWith($"The database of {section.Title} does not answer, so nobody can tell which migrations ran:", section.Problem, StringComparison.Ordinal));
        Assert.Equal(2, good?.Status?.Pending.Count);
        Assert.Null(await ground.Engine.Get<MigrationPages>().FindAsync("moon", Token));
    }
}
