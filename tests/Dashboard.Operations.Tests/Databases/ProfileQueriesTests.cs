using System.Text.Json.Nodes;
using Dashboard.Operations.Databases;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Databases;

/// <summary>On a genuine server the profiler itself; on DocumentDB, which has none, that it is refused.</summary>
public sealed class ProfileQueriesTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tells_the_shapes_of_slow_queries_or_refuses_where_there_is_no_profiler()
    {
        await using var ground = await MakeAsync();
        if (!mongo.IsGenuine)
        {
            await AssertRefusedAsync(ground);
            return;
        }

        using var hook = FailpointHook.Install();
        hook.On(Failpoints.ProfilerSet, 1, 1, async _ => await Users(ground).Find(new BsonDocument("secret", "hunter2")).ToListAsync(Token));
        var run = await ground.Engine.RunConfirmedAsync("profile-queries", request: Request(seconds: 1));

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Contains("\"filter\" : { \"secret\" : \"?\" }", string.Join('\n', (await ground.Engine.History.LinesAsync(run.Id, 0, Token)).Select(line => line.Text)), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.ToBsonDocument().ToJson() + run.Message, StringComparison.Ordinal);
        Assert.Equal(new ProfilerSetting(0, 100), await SettingAsync(ground));
    }

    [Fact]
    public async Task Is_off_again_after_a_cancel()
    {
        await using var ground = await MakeAsync();
        if (!mongo.IsGenuine)
        {
            await AssertRefusedAsync(ground);
            return;
        }

        using var hook = FailpointHook.Install();
        var set = hook.PauseAt(Failpoints.ProfilerSet);
        var runId = await ground.Engine.ConfirmAsync("profile-queries", request: Request(minutes: 60));
        var running = ground.Engine.Runner.RunAsync(runId, Token);
        await set.ReachedAsync();
        Assert.Equal(new ProfilerSetting(1, 0), await SettingAsync(ground));
        await ground.Engine.Runs.CancelAsync(runId, "Ann", Token);
        set.Release();

        Assert.Equal(RunState.Cancelled, (await running)?.State);
        Assert.Equal(new ProfilerSetting(0, 100), await SettingAsync(ground));
    }

    [Theory]
    [InlineData("profiler.sets", "kill")]
    [InlineData("profiler.set", "kill")]
    [InlineData("profiler.set", "stop")]
    public async Task Is_off_again_after_the_worker_was_ended(string point, string how)
    {
        await using var ground = await MakeAsync();
        if (!mongo.IsGenuine)
        {
            await AssertRefusedAsync(ground);
            return;
        }

        var runId = await ground.Engine.ConfirmAsync("profile-queries", request: Request(minutes: 60));
        await using var worker = await WorkerProcess.StartAsync(ground.Settings with { LeaseDuration = TimeSpan.FromSeconds(6) }, $"{point}={how}@1", "run", runId);
        if (how == "stop")
        {
            await worker.StoppedAsync();
            worker.Shutdown();
            worker.Resume();
            Assert.True(await worker.ExitAsync(TimeSpan.FromSeconds(30)) == 0, worker.Output);
            Assert.Equal(new ProfilerSetting(0, 100), await SettingAsync(ground));
        }
        else
        {
            Assert.Equal(137, await worker.ExitAsync());
        }

        await Invariants.RunEndsAsync(ground.Engine, runId, Token);
        await Eventually.TrueAsync(
            async () =>
            {
                await ground.Engine.Watch.SweepAsync(Token);
                return (await ground.Engine.FindAsync(runId)).RecoveredAt is not null;
            },
            "what it left is seen to");
        Assert.Equal(new ProfilerSetting(0, 100), await SettingAsync(ground));
    }

    [Fact]
    public async Task Leaves_alone_what_somebody_else_has_set_meanwhile()
    {
        await using var ground = await MakeAsync();
        if (!mongo.IsGenuine)
        {
            await AssertRefusedAsync(ground);
            return;
        }

        using var hook = FailpointHook.Install();
        hook.On(Failpoints.ProfilerSet, 1, 1, _ => Database(ground).RunCommandAsync<BsonDocument>(new BsonDocument { ["profile"] = 2, ["slowms"] = 7 }, cancellationToken: Token));
        await ground.Engine.RunConfirmedAsync("profile-queries", request: Request(seconds: 1));

        Assert.Equal(new ProfilerSetting(2, 7), await SettingAsync(ground));
        await Database(ground).RunCommandAsync<BsonDocument>(new BsonDocument { ["profile"] = 0, ["slowms"] = 100 }, cancellationToken: Token);
    }

    [Fact]
    public async Task Wants_to_know_for_how_long()
    {
        await using var ground = await MakeAsync();

        var result = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("profile-queries", request: Request()), Token);

        Assert.Equal(["Say for how long: at least a second."], Assert.IsType<IntakeResult.Invalid>(result).Errors["minutes"]);
    }

    private static async Task AssertRefusedAsync(EngineGround ground)
    {
        var result = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("profile-queries") with { Confirm = ground.Settings.TargetDatabase }, Token);
        Assert.Equal(
            "Profiler: The server is a local DocumentDB, which has no profiler. Use a MongoDB server to profile queries: Atlas, a replica set or a mongod.",
            Assert.IsType<IntakeResult.Blocked>(result).Sentence);
    }

    private async Task<EngineGround> MakeAsync()
    {
        var ground = await EngineGround.MakeAsync(mongo, Token);
        await Users(ground).InsertOneAsync(new BsonDocument { ["_id"] = 1, ["secret"] = "hunter2" }, cancellationToken: Token);
        return ground;
    }

    private static JsonObject Request(int minutes = 0, int seconds = 0) => new() { ["slowMs"] = 0, ["minutes"] = minutes, ["seconds"] = seconds };

    private static IMongoDatabase Database(EngineGround ground) => ground.Engine.Client.GetDatabase(ground.Settings.TargetDatabase);

    private static IMongoCollection<BsonDocument> Users(EngineGround ground) => Database(ground).GetCollection<BsonDocument>("users");

    private static async Task<ProfilerSetting?> SettingAsync(EngineGround ground) => (await Profiler.LookAsync(Database(ground), Token)).Setting;
}
