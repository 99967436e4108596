using System.Text.Json.Nodes;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Faults;

/// <summary>
/// DB1: the dashboard's database goes away at every step and comes back. Times are a tenth of the real ones (lease 3 s instead of 30 s),
/// so outages of 1, 10 and 60 seconds last 0.1, 1 and 6 here; 600 s lasts 60 and is tried in full only.
/// </summary>
public sealed class OutageTests(MongoFixture mongo)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<double> Outages => FaultCounts.IsFull ? [0.1, 1, 6, 60] : [0.1, 6];

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task Pauses_or_stops_and_ends_when_the_database_goes_away_at_any_step(double seconds)
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token, EngineGround.ManyEnvironments);
        string[] points = [Failpoints.RunClaims, Failpoints.LeaseTakes, Failpoints.BodyBegins, Failpoints.StepBegins, Failpoints.StepBegun, Failpoints.BodyEnded, Failpoints.RunFinishes, Failpoints.LeaseReleases];
        var cases = points.Select((point, index) => (Point: point, Environment: ground.Settings.Environments[index]));

        await FaultCase.EachAsync(
            cases, each => $"{seconds} s away at {each.Point}", each => GoAwayAsync(ground, each.Environment, each.Point, TimeSpan.FromSeconds(seconds)), Token, atOnce: 8);

        await Invariants.EachEffectAtMostOnceAsync(ground.Engine.Ledger, Token);
        await Invariants.EveryEffectWasAnnouncedAsync(ground.Engine, Token);
    }

    [Fact]
    public async Task Does_no_effect_when_its_database_swallows_every_question_for_longer_than_the_lease()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        using var engine = Behind(ground, proxy);
        using var hook = FailpointHook.Install();
        var runId = await ground.Engine.AcceptAsync("ledger-operation");
        var pause = hook.PauseAt(Failpoints.StepBegun, nth: 2);
        var running = engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();

        proxy.Faults = new ProxyFaults { Timeout = true };
        pause.Release();
        await Eventually.TrueAsync(async () => (await ground.Engine.Runs.LapsedAsync(Token)).Count == 1, "the run lapses");
        await ground.Engine.Watch.SweepAsync(Token);
        var follower = await ground.Engine.RunAsync("ledger-operation", "staging", new JsonObject { ["steps"] = 1 }, stopping: Token);
        proxy.Faults = ProxyFaults.None;

        var ended = await running;
        Assert.Equal(RunState.Succeeded, follower.State);
        Assert.Equal(RunState.Interrupted, ended?.State);
        Assert.Single(await ground.Engine.Ledger.EffectsAsync(runId, Token));
        await Invariants.NoEffectOfAnOldHolderAsync(ground.Engine.Ledger, Token);
    }

    /// <summary>What is lost: the driver tries once more by itself, so that two lost answers reach us.</summary>
    [Theory]
    [InlineData(Failpoints.StepBegins, "runLines")]
    [InlineData(Failpoints.StepBegins, "progress")]
    [InlineData(Failpoints.BodyEnded, "runLines")]
    [InlineData(Failpoints.RunFinishes, "finishedAt")]
    [InlineData(Failpoints.LeaseReleases, "expiresAt")]
    public async Task Writes_every_line_and_the_outcome_once_when_the_answer_to_a_write_gets_lost(string from, string text)
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        using var engine = Behind(ground, proxy);
        using var hook = FailpointHook.Install();
        hook.On(from, 1, 1, _ =>
        {
            proxy.Faults = new ProxyFaults { ResetAfterRequest = text, ResetTimes = 2 };
            return Task.CompletedTask;
        });
        var runId = await ground.Engine.AcceptAsync("ledger-operation");

        var ended = await engine.Runner.RunAsync(runId, Token);

        Assert.True(proxy.Resets >= 2, $"Only {proxy.Resets} answers were lost.");
        Assert.Equal(RunState.Succeeded, ended?.State);
        Assert.Equal(0, ended?.RefusedWrites);
        var lines = await ground.Engine.History.LinesAsync(runId, 0, Token);
        Assert.Equal(Enumerable.Range(1, lines.Count), lines.Select(line => line.Number));
        Assert.Equal("3 effects done.", lines[^1].Text);
        Assert.Equal(3, (await ground.Engine.Ledger.EffectsAsync(runId, Token)).Count);
        await Invariants.NothingHoldsAsync(ground.Engine, "staging", Token);
    }

    private static async Task GoAwayAsync(EngineGround ground, string environment, string point, TimeSpan outage)
    {
        await using var proxy = FaultProxy.InFrontOf(ground.Settings.ConnectionString);
        using var engine = Behind(ground, proxy);
        using var hook = FailpointHook.Install();
        var runId = await ground.Engine.AcceptAsync("ledger-operation", environment);
        hook.On(point, nth: 1, times: 1, hit =>
        {
            proxy.Faults = new ProxyFaults { Down = true };
            _ = BackAfterAsync(proxy, outage);
            return Task.CompletedTask;
        });

        await RunOrLoseTheStoreAsync(engine, runId);

        var ended = await Invariants.RunEndsAfterRedeliveryAsync(ground.Engine, runId, Token);
        await Invariants.SuccessHasItsEffectsAsync(ground.Engine, runId, effects: 3, Token);
        await Invariants.EachEffectAtMostOnceAsync(ground.Engine.Ledger, Token);
        if (outage < Lease / 4)
            Assert.Equal(RunState.Succeeded, ended.State);
        await Eventually.TrueAsync(async () => await ground.Engine.Leases.HolderAsync(environment, Token) is null, "the environment is free");
    }

    private static async Task BackAfterAsync(FaultProxy proxy, TimeSpan outage)
    {
        await Task.Delay(outage, Token);
        proxy.Faults = ProxyFaults.None;
    }

    /// <summary>The runner may throw while it cannot reach its database; the job store then shows a failed delivery.</summary>
    private static async Task RunOrLoseTheStoreAsync(TestEngine engine, string runId)
    {
        try
        {
            await engine.Runner.RunAsync(runId, Token);
        }
        catch (Exception exception) when (exception is MongoDB.Driver.MongoException or TimeoutException)
        {
            // What came of the run is asserted.
        }
    }

    private static TestEngine Behind(EngineGround ground, FaultProxy proxy) => new(ground.Settings with
    {
        ConnectionString = proxy.Through(ground.Settings.ConnectionString),
        LeaseDuration = Lease,
        StorePatience = TimeSpan.FromSeconds(1),
    });
}
