using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Http;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>
/// CK1 and CK4 of releases: SIGKILL and SIGTERM at every step, of a deployment and of each way back; afterwards platform, records, migrations, data and lease agree,
/// and nothing is repeated by itself.
/// </summary>
public sealed class DeployKillTests(MongoFixture mongo)
{
    private const string Old = "dnd-tracker:1.0.0";
    private const string New = "dnd-tracker:1.1.0";
    private const string GoesBack = "deploy-release that goes back";
    private const string Backup = "Safety backup: look at the database; Safety backup: write the archive; Safety backup: read back and prove; Safety backup: publish";
    private const string Restore = $"Stop the application; Look at the archive and the database; {Backup}; Restore beside the live data; Compare; Swap";
    private const string Seen = """{ "version": "100", "description": "seen", "up": [{ "update": "users", "updates": [{ "q": {}, "u": { "$set": { "seen": true } }, "multi": true }] }], "down": [{ "update": "users", "updates": [{ "q": {}, "u": { "$unset": { "seen": "" } }, "multi": true }] }] }""";
    private const string Gone = """{ "version": "100", "description": "gone", "up": [{ "delete": "users", "deletes": [{ "q": { "_id": 1 }, "limit": 1 }] }], "down": [] }""";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(9);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="steps">Each is a place where it is killed, with FAULTS=full every one; written down, so that a way that a run no longer takes is missed here.</param>
    [Theory]
    [InlineData("deploy-release", "kill", $"Look at what runs; {Backup}; Migrate 100; Deploy {New}; Verify that 1.1.0 answers")]
    [InlineData("deploy-release", "stop", null)]
    [InlineData(GoesBack, "kill", $"Look at what runs; {Backup}; Migrate 100; Deploy {New}; Verify that 1.1.0 answers; Take back 100; Deploy {Old} again; Verify that 1.0.0 answers")]
    [InlineData("roll-back app", "kill", $"Look at what going back needs; Deploy {Old} again; Verify that 1.0.0 answers")]
    [InlineData("roll-back down", "kill", $"Look at what going back needs; Take back 100; Deploy {Old} again; Verify that 1.0.0 answers")]
    [InlineData("roll-back migration", "kill", "Look at what going back needs; Take back 100")]
    [InlineData("roll-back backup", "kill", $"Look at what going back needs; {Restore}; Deploy {Old} again; Start the application; Verify that 1.0.0 answers")]
    [InlineData("roll-back database", "kill", $"Look at what going back needs; {Restore}; Start the application")]
    public async Task Whatever_is_left_agrees_wherever_the_worker_is_ended(string subject, string how, string? steps)
    {
        // Where the old version goes on answering, whatever is released over it is gone back from.
        await using var server = await HealthServer.StartAsync(200, subject == GoesBack ? """{"status":"ok","version":"1.0.0"}""" : """{"status":"ok"}""");
        await using var ground = await MakeAsync(server.Address, subject is "roll-back backup" ? Gone : Seen);
        var whole = await WholeAsync(ground, subject, how);
        Assert.Equal(steps ?? whole.Steps, whole.Steps);

        await FaultCase.EachAsync(
            FaultCounts.Some(whole.Hits, how == "kill" ? int.MaxValue : 4).Select((hit, index) => (Hit: hit, Environment: ground.Settings.Environments[index + 2])),
            each => $"{subject}, {how} at {each.Hit}",
            each => EndAsync(ground, subject, each.Environment, each.Hit, how, whole),
            Token,
            atOnce: 8);
    }

    private async Task<EngineGround> MakeAsync(Uri address, string migration)
    {
        var folder = Directory.CreateTempSubdirectory("migrations-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "100_step.json"), migration, Token);
        return await EngineGround.MakeAsync(mongo, Token, settings => EngineGround.ManyEnvironments(settings) with
        {
            Address = address,
            SeparateTargets = true,
            Migration = new MigrationSettings
            {
                Migrations = new MigrationRules { Folder = folder },
                Deployment = new DeploymentRules { HealthCheckRetries = 2, HealthCheckInterval = TimeSpan.FromMilliseconds(200) },
                Rollback = new RollbackRules { AutoRollback = true },
            },
        });
    }

    /// <summary>The same run to its end: where it can be ended, what it does to the platform, and how the data is between its steps.</summary>
    private static async Task<Whole> WholeAsync(EngineGround ground, string subject, string how)
    {
        var environment = ground.Settings.Environments[1];
        var runId = await AcceptAsync(ground, subject, environment);
        var earlier = ground.Engine.Platform.EffectsOf(environment).Count;
        var states = new HashSet<string>(StringComparer.Ordinal);
        using var hook = FailpointHook.Install();
        hook.On(Failpoints.StepBegun, 1, int.MaxValue, async _ => states.Add(await DataAsync(ground, environment)));
        var run = await ground.Engine.Runner.RunAsync(runId, Token);
        states.Add(await DataAsync(ground, environment));
        Assert.NotNull(run);
        Assert.True(subject == GoesBack ? run.Message?.EndsWith("It went back by itself, and 1.0.0 answers again. 100 was taken back.", StringComparison.Ordinal) : run.State == RunState.Succeeded, run.Message);
        return new Whole(
            string.Join("; ", run.Steps.Select(step => step.Title)),
            FaultCounts.IsFull && how == "kill" ? hook.Hits : [.. hook.Hits.Where(hit => IsOwn(hit, subject, how))],
            [.. ground.Engine.Platform.EffectsOf(environment).Skip(earlier)],
            states);
    }

    /// <summary>In the middle of each step, and right after what others see is done and not yet noted; the safety backup, which is the same everywhere, once before a release and once before a restore.</summary>
    private static bool IsOwn(FailpointHit hit, string subject, string how) =>
        (hit.Point == Failpoints.StepBegun && (subject is "deploy-release" or "roll-back database" || !hit.Detail.Contains("Safety backup", StringComparison.Ordinal)))
        || (how == "kill" && hit.Point is Failpoints.ReleaseMade or Failpoints.MigrationRan);

    private static async Task<string> AcceptAsync(EngineGround ground, string subject, string environment)
    {
        await Users(ground, environment).InsertManyAsync([new BsonDocument("_id", 1), new BsonDocument("_id", 2)], cancellationToken: Token);
        if (subject.StartsWith("deploy-release", StringComparison.Ordinal))
            return await ground.Engine.ConfirmAsync("deploy-release", environment, new JsonObject { ["image"] = New });

        // What was migrated with the version that is left has to go with it; before it, it stays.
        await DeployAsync(ground, environment, Old, subject is "roll-back down" or "roll-back backup" ? "skip" : "run");
        await DeployAsync(ground, environment, New, "run");
        return await ground.Engine.ConfirmAsync("roll-back", environment, subject switch
        {
            "roll-back migration" => new JsonObject { ["type"] = "migration" },
            "roll-back database" => new JsonObject { ["type"] = "database", ["archive"] = (await ground.Engine.Get<ReleaseLedger>().ListAsync(environment, 1, before: null, Token))[0].SafetyBackup },
            _ => [],
        });
    }

    private static async Task DeployAsync(EngineGround ground, string environment, string image, string migrations)
    {
        var run = await ground.Engine.RunConfirmedAsync("deploy-release", environment, new JsonObject { ["image"] = image, ["migrations"] = migrations });
        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
    }

    private static async Task EndAsync(EngineGround ground, string subject, string environment, FailpointHit hit, string how, Whole whole)
    {
        var runId = await AcceptAsync(ground, subject, environment);
        var earlier = ground.Engine.Platform.EffectsOf(environment).Count;
        await WorkerEnd.MakeAsync(ground.Engine, ground.Settings with { LeaseDuration = Lease }, runId, hit, how, Token);

        // Every effect once and in its order, up to where it ended.
        var effects = ground.Engine.Platform.EffectsOf(environment).Skip(earlier).ToList();
        Assert.Equal(whole.Effects.Take(effects.Count), effects);
        Assert.Contains(await DataAsync(ground, environment), whole.States);
        await AssertAgreeAsync(ground, environment, runId, goesOnWith: subject == GoesBack ? Old : New);
    }

    private static async Task AssertAgreeAsync(EngineGround ground, string environment, string runId, string goesOnWith)
    {
        Assert.All(await ground.Engine.Get<ReleaseLedger>().OfRunAsync(runId, Token), release => Assert.NotEqual(ReleaseState.Unfinished, release.State));
        if (await ground.Engine.FindAsync(runId) is { State: RunState.Interrupted } run)
            Assert.EndsWith("Deploy again or roll back.", run.Cleared, StringComparison.Ordinal);
        var status = await ground.Engine.Get<IMigrations>().StatusAsync(ground.Engine.Environments.Get(environment), Token);
        Assert.DoesNotContain(status.Entries, entry => entry.State == MigrationState.Running);
        await Invariants.NothingHoldsAsync(ground.Engine, environment, Token);

        // Whatever was left, a person can go on from there.
        if (status.Entries.Any(entry => entry.State == MigrationState.Failed))
            Assert.Equal(RunState.Succeeded, (await ground.Engine.RunConfirmedAsync("run-migrations", environment, new JsonObject { ["retryFailed"] = true })).State);
        await DeployAsync(ground, environment, goesOnWith, "run");
    }

    private static IMongoCollection<BsonDocument> Users(EngineGround ground, string environment) =>
        ground.Engine.Client.GetDatabase(ground.Settings.TargetOf(environment)).GetCollection<BsonDocument>("users");

    /// <summary>What the application has; a half of it is not how it is between two steps.</summary>
    private static async Task<string> DataAsync(EngineGround ground, string environment) =>
        string.Join(' ', (await Users(ground, environment).Find(FilterDefinition<BsonDocument>.Empty).ToListAsync(Token)).OrderBy(user => user["_id"]));

    private sealed record Whole(string Steps, IReadOnlyList<FailpointHit> Hits, IReadOnlyList<string> Effects, HashSet<string> States);
}
