using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;
using Dashboard.Operations.Tests.Maintenance;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>DL2 of what changes an environment: a worker sleeps by SIGSTOP through its lease, another takes over and does something else, and the sleeper wakes.</summary>
public sealed class ReleasePauseTests(MongoFixture mongo)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(9);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The operation, and how many of its failpoints are tried when not in full.</summary>
    public static TheoryData<string, int> Operations => new() { { "deploy-release", 5 }, { "roll-back", 3 }, { "run-migrations", 5 }, { "scale", 3 }, { "enter-maintenance", 4 } };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Changes_nothing_more_when_it_wakes_after_another_run_has_taken_over(string operation, int quick)
    {
        await using var ground = await MakeAsync();
        var points = await PointsAsync(ground, operation, quick);

        await FaultCase.EachAsync(
            points.Select((hit, index) => (Hit: hit, Environment: ground.Ground.Settings.Environments[index + 2])),
            each => $"{operation} stopped at {each.Hit}",
            each => PauseAsync(ground, operation, each.Environment, each.Hit),
            Token,
            atOnce: 6);
    }

    private async Task<MaintenanceGround> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("migrations-").FullName;
        foreach (var (version, field) in new[] { ("100", "seen"), ("200", "known") })
        {
            await File.WriteAllTextAsync(
                Path.Combine(folder, $"{version}_{field}.json"),
                $$$"""{ "version": "{{{version}}}", "description": "{{{field}}}", "up": [{ "update": "users", "updates": [{ "q": {}, "u": { "$inc": { "{{{field}}}": 1 } }, "multi": true }] }], "down": [{ "update": "users", "updates": [{ "q": {}, "u": { "$inc": { "{{{field}}}": -1 } }, "multi": true }] }] }""",
                Token);
        }

        return await MaintenanceGround.MakeAsync(mongo, Token, settings => EngineGround.ManyEnvironments(settings) with
        {
            Migration = new MigrationSettings
            {
                Migrations = new MigrationRules { Folder = folder },
                Deployment = new DeploymentRules { HealthCheckRetries = 2, HealthCheckInterval = TimeSpan.FromMilliseconds(200) },
            },
        });
    }

    /// <summary>From the moment of the lease to the outcome; those of the files of its backup are tried with the backup's own operations, and in full.</summary>
    private static async Task<IReadOnlyList<FailpointHit>> PointsAsync(MaintenanceGround ground, string operation, int quick)
    {
        var runId = await AcceptAsync(ground, operation, ground.Ground.Settings.Environments[1]);
        using var hook = FailpointHook.Install();
        var run = await ground.Engine.Runner.RunAsync(runId, Token);
        Assert.Equal((RunState.Succeeded, run?.Message), (run?.State, run?.Message));
        var held = hook.Hits.SkipWhile(hit => hit.Point != Failpoints.LeaseTaken).TakeWhile(hit => hit.Point != Failpoints.LeaseReleases).ToList();
        return FaultCounts.Some(FaultCounts.IsFull ? held : [.. held.Where(hit => !hit.Point.StartsWith("file.", StringComparison.Ordinal) && !hit.Point.StartsWith("proof.", StringComparison.Ordinal))], quick);
    }

    private static async Task<string> AcceptAsync(MaintenanceGround ground, string operation, string environment)
    {
        await ground.FillAsync(environment, Token);
        if (operation == "roll-back")
        {
            await DoAsync(ground, "deploy-release", environment, ("image", "dnd-tracker:1.0.0"));
            await DoAsync(ground, "deploy-release", environment, ("image", "dnd-tracker:1.1.0"));
        }

        return operation switch
        {
            "deploy-release" => await ground.Engine.ConfirmAsync(operation, environment, new JsonObject { ["image"] = "dnd-tracker:1.1.0" }),
            "scale" => await ground.Engine.AcceptAsync(operation, environment, new JsonObject { ["machines"] = 3 }),
            "enter-maintenance" => await ground.Engine.ConfirmAsync(operation, environment, MaintenanceGround.NoBackup()),
            _ => await ground.Engine.ConfirmAsync(operation, environment),
        };
    }

    private static async Task PauseAsync(MaintenanceGround ground, string operation, string environment, FailpointHit hit)
    {
        var engine = ground.Engine;
        var sleeper = await AcceptAsync(ground, operation, environment);
        var earlier = engine.Platform.EffectsOf(environment).Count;
        var plan = string.Create(CultureInfo.InvariantCulture, $"{hit.Point}=stop@{hit.Nth}");
        await using var worker = await WorkerProcess.StartAsync(ground.Ground.Settings with { LeaseDuration = Lease }, plan, "run", sleeper);
        await worker.StoppedAsync();
        var given = await Invariants.RunEndsAsync(engine, sleeper, Token);
        Assert.Equal(RunState.Interrupted, given.State);
        await Eventually.TrueAsync(
            async () =>
            {
                await engine.Watch.SweepAsync(Token);
                return (await engine.FindAsync(sleeper)).RecoveredAt is not null;
            },
            "what the sleeper left is seen to");
        await TakeOverAsync(ground, operation, environment);
        var world = await WorldAsync(ground, environment);

        worker.Resume();
        Assert.True(await worker.ExitAsync() == 0, worker.Output);

        var after = await engine.FindAsync(sleeper);
        Assert.Equal((RunState.Interrupted, given.Message), (after.State, after.Message));
        Assert.True(after.RefusedWrites > 0, "No refusal was counted.");
        Assert.Equal(world, await WorldAsync(ground, environment));
        var effects = engine.Platform.EffectsOf(environment).Skip(earlier).ToList();
        Assert.Equal(effects.Distinct(StringComparer.Ordinal), effects);
        await Invariants.NothingHoldsAsync(engine, environment, Token);
    }

    /// <summary>Whatever the sleeper had begun, the one that follows leaves the environment as nobody who wakes late may make it again.</summary>
    private static async Task TakeOverAsync(MaintenanceGround ground, string operation, string environment)
    {
        var status = await ground.Engine.Get<IMigrations>().StatusAsync(ground.Engine.Environments.Get(environment), Token);
        if (status.Entries.Any(entry => entry.State == MigrationState.Failed) || (operation == "run-migrations" && status.Pending.Count > 0))
            await DoAsync(ground, "run-migrations", environment, ("retryFailed", true));
        switch (operation)
        {
            case "scale":
                Assert.Equal(RunState.Succeeded, (await ground.Engine.RunAsync("scale", environment, new JsonObject { ["machines"] = 5 })).State);
                break;
            case "enter-maintenance":
                if (await ground.Windows.OpenAsync(environment, Token) is null)
                    await DoAsync(ground, operation, environment, ("skipBackup", true));
                await DoAsync(ground, "leave-maintenance", environment);
                break;
            case "deploy-release" or "roll-back":
                await DoAsync(ground, "deploy-release", environment, ("image", "dnd-tracker:1.2.0"));
                break;
        }
    }

    private static async Task DoAsync(MaintenanceGround ground, string operation, string environment, params (string Name, JsonNode Value)[] fields)
    {
        var request = new JsonObject();
        foreach (var (name, value) in fields)
            request[name] = value;
        var call = TestEngine.Call(operation, environment, request);
        var hasPlan = (await ground.Engine.Intake.PreviewAsync(call, Token)).Plan is not null;
        var run = hasPlan ? await ground.Engine.RunConfirmedAsync(operation, environment, request) : await ground.Engine.RunAsync(operation, environment, request);
        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
    }

    /// <summary>Everything outside the sleeper's own run that anybody sees of the environment.</summary>
    private static async Task<string> WorldAsync(MaintenanceGround ground, string environment) => string.Join('\n',
    [
        .. ground.Engine.Platform.EffectsOf(environment),
        await DatabaseState.OfAsync(ground.DatabaseOf(environment), Token),
        .. (await ground.Engine.Get<ReleaseLedger>().ListAsync(environment, 50, before: null, Token)).Select(release => JsonSerializer.Serialize(release)),
        .. (await ground.Windows.AheadAsync(Token)).Where(window => window.Environment == environment).Select(window => window.ToJson()),
        .. FileStates.Of(ground.Ground.Settings.BackupFolder, $"*{environment}-*").Keys.Order(StringComparer.Ordinal),
    ]);
}
