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

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>CK1 and CK4 of releases: SIGKILL and SIGTERM at every step; afterwards records, migrations and lease agree, and nothing is repeated by itself.</summary>
public sealed class DeployKillTests(MongoFixture mongo)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(9);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("deploy-release", "kill", 8)]
    [InlineData("deploy-release", "stop", 4)]
    [InlineData("roll-back", "kill", 4)]
    public async Task Records_migrations_and_lease_agree_wherever_the_worker_is_ended(string operation, string how, int quick)
    {
        await using var server = await HealthServer.StartAsync(200, """{"status":"ok"}""");
        await using var ground = await MakeAsync(server.Address);
        var points = await PointsAsync(ground, operation, how, quick);

        await FaultCase.EachAsync(
            points.Select((hit, index) => (Hit: hit, Environment: ground.Settings.Environments[index + 2])),
            each => $"{operation}, {how} at {each.Hit}",
            each => EndAsync(ground, operation, each.Environment, each.Hit, how),
            Token);
    }

    private async Task<EngineGround> MakeAsync(Uri address)
    {
        var folder = Directory.CreateTempSubdirectory("migrations-").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "100_seen.json"),
            """{ "version": "100", "description": "seen", "up": [{ "update": "users", "updates": [{ "q": {}, "u": { "$set": { "seen": true } }, "multi": true }] }], "down": [{ "update": "users", "updates": [{ "q": {}, "u": { "$unset": { "seen": "" } }, "multi": true }] }] }""",
            Token);
        return await EngineGround.MakeAsync(mongo, Token, settings => EngineGround.ManyEnvironments(settings) with
        {
            Address = address,
            SeparateTargets = true,
            Migration = new MigrationSettings
            {
                Migrations = new MigrationRules { Folder = folder },
                Deployment = new DeploymentRules { HealthCheckRetries = 2, HealthCheckInterval = TimeSpan.FromMilliseconds(200) },
            },
        });
    }

    private static async Task<IReadOnlyList<FailpointHit>> PointsAsync(EngineGround ground, string operation, string how, int quick)
    {
        var reference = await AcceptAsync(ground, operation, ground.Settings.Environments[1]);
        using var hook = FailpointHook.Install();
        var run = await ground.Engine.Runner.RunAsync(reference, Token);
        Assert.Equal((RunState.Succeeded, run?.Message), (run?.State, run?.Message));
        var own = hook.Hits.Where(hit => hit.Point == Failpoints.StepBegun || (how == "kill" && hit.Point == Failpoints.StepBegins)).ToList();
        return FaultCounts.IsFull && how == "kill" ? hook.Hits : FaultCounts.Some(own, quick);
    }

    private static async Task<string> AcceptAsync(EngineGround ground, string operation, string environment)
    {
        await ground.Engine.Client.GetDatabase(ground.Settings.TargetOf(environment)).GetCollection<BsonDocument>("users")
            .InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Token);
        if (operation == "deploy-release")
            return await ground.Engine.ConfirmAsync(operation, environment, new JsonObject { ["image"] = "dnd-tracker:1.1.0" });
        foreach (var image in new[] { "dnd-tracker:1.0.0", "dnd-tracker:1.1.0" })
        {
            var made = await ground.Engine.RunConfirmedAsync("deploy-release", environment, new JsonObject { ["image"] = image });
            Assert.Equal((RunState.Succeeded, made.Message), (made.State, made.Message));
        }

        return await ground.Engine.ConfirmAsync(operation, environment);
    }

    private static async Task EndAsync(EngineGround ground, string operation, string environment, FailpointHit hit, string how)
    {
        var runId = await AcceptAsync(ground, operation, environment);
        await WorkerEnd.MakeAsync(ground.Engine, ground.Settings with { LeaseDuration = Lease }, runId, hit, how, Token);
        await AssertAgreeAsync(ground, environment, runId);
    }

    private static async Task AssertAgreeAsync(EngineGround ground, string environment, string runId)
    {
        Assert.All(await ground.Engine.Get<ReleaseLedger>().OfRunAsync(runId, Token), release => Assert.NotEqual(ReleaseState.Unfinished, release.State));
        var status = await ground.Engine.Get<IMigrations>().StatusAsync(ground.Engine.Environments.Get(environment), Token);
        Assert.DoesNotContain(status.Entries, entry => entry.State == MigrationState.Running);
        await Invariants.NothingHoldsAsync(ground.Engine, environment, Token);

        // Whatever was left, a person can go on from there.
        if (status.Entries.Any(entry => entry.State == MigrationState.Failed))
            Assert.Equal(RunState.Succeeded, (await ground.Engine.RunConfirmedAsync("run-migrations", environment, new JsonObject { ["retryFailed"] = true })).State);
        var again = await ground.Engine.RunConfirmedAsync("deploy-release", environment, new JsonObject { ["image"] = "dnd-tracker:1.1.0" });
        Assert.Equal((RunState.Succeeded, again.Message), (again.State, again.Message));
    }
}
