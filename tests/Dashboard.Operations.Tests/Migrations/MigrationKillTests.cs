using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Migrations;

/// <summary>CK1, CK4 and CK6 for migrations: SIGKILL and SIGTERM at every arrival at a failpoint, and SIGKILL again while somebody recovers.</summary>
public sealed class MigrationKillTests(MongoFixture mongo)
{
    private const string Count = """{"update": "characters", "updates": [{"q": {"_id": 1}, "u": {"$inc": {"times": 1}}}]}""";
    private const string CountBack = """{"update": "characters", "updates": [{"q": {"_id": 1}, "u": {"$inc": {"times": -1}}}]}""";
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("run-migrations", 12)]
    [InlineData("roll-back-migrations", 10)]
    public async Task Records_and_database_agree_when_the_worker_is_killed_anywhere(string operation, int quick)
    {
        await using var ground = await MakeAsync();
        var points = FaultCounts.Some(await PointsAsync(ground, operation), quick);

        await FaultCase.EachAsync(
            points.Select((hit, index) => (Hit: hit, Environment: ground.Ground.Settings.Environments[index + 2])),
            each => $"{operation} killed at {each.Hit}",
            each => KillAsync(ground, operation, each.Environment, each.Hit),
            Token,
            atOnce: 6);

        await Invariants.EveryArchiveIsWholeAsync(ground.Engine.Backups, Token);
        Assert.Empty(FileStates.Leftovers(ground.Ground.Settings.BackupFolder));
    }

    [Theory]
    [InlineData("run-migrations")]
    [InlineData("roll-back-migrations")]
    public async Task Records_and_database_agree_when_the_dashboard_is_stopped_in_any_step(string operation)
    {
        await using var ground = await MakeAsync();
        var points = (await PointsAsync(ground, operation)).Where(hit => hit.Point is Failpoints.StepBegun or Failpoints.MigrationRan or Failpoints.MigrationStored).ToList();

        await FaultCase.EachAsync(
            FaultCounts.Some(points, quick: 6).Select((hit, index) => (Hit: hit, Environment: ground.Ground.Settings.Environments[index + 2])),
            each => $"{operation} stopped at {each.Hit}",
            async each =>
            {
                await PrepareAsync(ground, operation, each.Environment);
                var runId = await ground.Engine.ConfirmAsync(operation, each.Environment, RequestOf(operation));
                await using var worker = await WorkerProcess.StartAsync(ground.Ground.Settings with { LeaseDuration = Lease }, PlanOf(each.Hit, "stop"), "run", runId);
                await worker.StoppedAsync();
                worker.Shutdown();
                worker.Resume();
                Assert.True(await worker.ExitAsync(TimeSpan.FromSeconds(30)) == 0, worker.Output);
                await AssertSettledAsync(ground, operation, each.Environment, runId);
            },
            Token);
    }

    [Fact]
    public async Task Records_and_database_agree_when_whoever_recovers_is_killed_as_well()
    {
        await using var ground = await MakeAsync();
        (string First, string Second)[] pairs = [("migration.ran=kill@1", "run.recovered=kill"), ("migration.runs=kill@2", "run.recovers=kill"), ("migration.stored=kill@1", "run.interrupted=kill")];
        for (var index = 0; index < pairs.Length; index++)
        {
            var (environment, pair) = (ground.Ground.Settings.Environments[index + 2], pairs[index]);
            await PrepareAsync(ground, "run-migrations", environment);
            var runId = await ground.Engine.ConfirmAsync("run-migrations", environment);
            var settings = ground.Ground.Settings with { LeaseDuration = Lease };
            await using var worker = await WorkerProcess.StartAsync(settings, pair.First, "run", runId);
            Assert.True(await worker.ExitAsync() == 137, worker.Output);
            await Eventually.TrueAsync(async () => (await ground.Engine.Runs.LapsedAsync(Token)).Any(run => run.Id == runId), "the run lapses");
            await using var sweeper = await WorkerProcess.StartAsync(settings, pair.Second, "sweep");
            Assert.True(await sweeper.ExitAsync() == 137, sweeper.Output);

            await AssertSettledAsync(ground, "run-migrations", environment, runId);
        }
    }

    private async Task<MigrationGround> MakeAsync()
    {
        var ground = await MigrationGround.MakeAsync(mongo, rules => rules with { BackupEnabled = true }, EngineGround.ManyEnvironments);
        ground.Write("001_counts_twice", [Count, Count], [CountBack, CountBack]);
        ground.Write("002_counts_once", [Count], [CountBack]);
        return ground;
    }

    private static async Task PrepareAsync(MigrationGround ground, string operation, string environment)
    {
        await ground.FillAsync(environment);
        if (operation == "roll-back-migrations")
            Assert.Equal(RunState.Succeeded, (await ground.Engine.RunConfirmedAsync("run-migrations", environment)).State);
    }

    private static JsonObject? RequestOf(string operation) => operation == "roll-back-migrations" ? new JsonObject { ["steps"] = 2 } : null;

    private static async Task<IReadOnlyList<FailpointHit>> PointsAsync(MigrationGround ground, string operation)
    {
        var environment = ground.Ground.Settings.Environments[0];
        await PrepareAsync(ground, operation, environment);
        var runId = await ground.Engine.ConfirmAsync(operation, environment, RequestOf(operation));
        using var hook = FailpointHook.Install();
        var run = await ground.Engine.Runner.RunAsync(runId, Token);
        Assert.True(run?.State == RunState.Succeeded, run?.Message);
        return hook.Hits;
    }

    private static async Task KillAsync(MigrationGround ground, string operation, string environment, FailpointHit hit)
    {
        await PrepareAsync(ground, operation, environment);
        var runId = await ground.Engine.ConfirmAsync(operation, environment, RequestOf(operation));
        await using var worker = await WorkerProcess.StartAsync(ground.Ground.Settings with { LeaseDuration = Lease }, PlanOf(hit, "kill"), "run", runId);
        Assert.True(await worker.ExitAsync() == 137, $"The worker was not killed: {worker.Output}");

        // The job store delivers again: before the claim this runs the body, after it never.
        await ground.Engine.Runner.RunAsync(runId, Token);
        await AssertSettledAsync(ground, operation, environment, runId);
    }

    /// <summary>No command ran twice, no record says what is not so, nothing says that it is running, and the way on is open.</summary>
    private static async Task AssertSettledAsync(MigrationGround ground, string operation, string environment, string runId)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                await ground.Engine.Watch.SweepAsync(Token);
                var run = await ground.Engine.FindAsync(runId);
                return !run.IsActive && (run.State != RunState.Interrupted || run.RecoveredAt is not null);
            },
            "the run has ended and what it left is cleared away");
        await Eventually.TrueAsync(async () => await ground.Engine.Leases.HolderAsync(environment, Token) is null, "the environment is free");

        var status = await ground.StatusAsync(environment);
        Assert.DoesNotContain(status.Entries, entry => entry.State == MigrationState.Running);
        var times = await TimesAsync(ground, environment);
        var records = await ground.DatabaseOf(environment).GetCollection<BsonDocument>("migrations").Find(new BsonDocument()).ToListAsync(Token);
        Assert.InRange(times, records.Sum(LeastOf), records.Sum(MostOf));

        if (operation == "run-migrations" && status.Pending.Count + status.Entries.Count(entry => entry.State == MigrationState.Failed) > 0)
        {
            var again = await ground.Engine.RunConfirmedAsync("run-migrations", environment, new JsonObject { ["retryFailed"] = true });
            Assert.True(again.State == RunState.Succeeded, again.Message);
        }

        if (operation == "roll-back-migrations" && (await ground.StatusAsync(environment)).NewestFirst.Count > 0)
        {
            var again = await ground.Engine.RunConfirmedAsync("roll-back-migrations", environment, new JsonObject { ["to"] = "0" });
            Assert.True(again.State == RunState.Succeeded, again.Message);
        }

        Assert.Empty((await ground.StatusAsync(environment)).Entries.Where(entry => entry.IsApplied == (operation == "roll-back-migrations")));
    }

    private static async Task<int> TimesAsync(MigrationGround ground, string environment) =>
        (await ground.DatabaseOf(environment).GetCollection<BsonDocument>("characters").Find(new BsonDocument("_id", 1)).SingleAsync(Token)).GetValue("times", 0).ToInt32();

    /// <summary>What the commands that the record says were carried out make together; one more may have been.</summary>
    private static int LeastOf(BsonDocument record) => SureOf(record) - (IsHalf(record) && record["direction"] == "down" ? 1 : 0);

    private static int MostOf(BsonDocument record) => SureOf(record) + (IsHalf(record) && record["direction"] == "up" ? 1 : 0);

    private static int SureOf(BsonDocument record)
    {
        var all = record["version"] == "001" ? 2 : 1;
        return record["state"] == "executed" ? all : record.GetValue("direction", "up") == "up" ? record.GetValue("done", 0).ToInt32() : all - record["done"].ToInt32();
    }

    private static bool IsHalf(BsonDocument record) => record["state"] == "failed" && record.Contains("direction");

    private static string PlanOf(FailpointHit hit, string action) => string.Create(CultureInfo.InvariantCulture, $"{hit.Point}={action}@{hit.Nth}");
}
