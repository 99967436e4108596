using System.Text.Json.Nodes;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Faults;

/// <summary>
/// DL1, DL3 and DL4: the same run delivered many times at once, by workers whose clocks differ. No lock of the job store stands in front of the runner here,
/// so whatever holds, holds with that lock replaced by nothing.
/// </summary>
public sealed class DeliveryTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> Deliveries => new()
    {
        { "ledger-operation", 2 }, { "ledger-operation", 3 }, { "ledger-operation", 10 },
        { "ledger-reading", 2 }, { "ledger-reading", 10 },
        { "create-backup", 2 }, { "create-backup", 10 },
        { "verify-backup", 3 }, { "prune-backups", 3 },
        { "check-health", 3 },
    };

    [Theory]
    [MemberData(nameof(Deliveries))]
    public async Task Runs_the_body_once_however_often_it_is_delivered_at_once(string operation, int deliveries)
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        await ground.FillTargetAsync(documents: 20, bytesOfEach: 1_000, Token);
        using var other = new TestEngine(ground.Settings);
        TestEngine[] workers = [ground.Engine, other];

        for (var round = 0; round < FaultCounts.Of(quick: 5, full: 100); round++)
        {
            await FaultSubjects.PrepareAsync(ground, operation, "staging");
            using var hook = FailpointHook.Install();
            var runId = await ground.Engine.AcceptAsync(operation, confirm: FaultSubjects.ConfirmOf(operation, "staging"));

            var ends = await Task.WhenAll(Enumerable.Range(0, deliveries).Select(index => workers[index % 2].Runner.RunAsync(runId, Token)));

            Assert.Equal(deliveries, ends.Length);
            Assert.Equal(1, hook.CountOf(Operations.Faults.Failpoints.BodyBegins));
            var ended = await Invariants.RunEndsAsync(ground.Engine, runId, Token);
            Assert.Equal(FaultSubjects.EndOf(operation), ended.State);
            Assert.Equal(0, ended.RefusedWrites);
        }

        await Invariants.EachEffectAtMostOnceAsync(ground.Engine.Ledger, Token);
        await Invariants.EveryArchiveIsWholeAsync(ground.Engine.Backups, Token);
        await Invariants.NothingHoldsAsync(ground.Engine, "staging", Token);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(600)]
    [InlineData(-600)]
    public async Task Does_nothing_twice_when_the_clock_of_one_worker_is_wrong(int seconds)
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        using var wrong = new TestEngine(ground.Settings with { ClockOffset = TimeSpan.FromSeconds(seconds) });
        using var hook = FailpointHook.Install();
        var runId = await ground.Engine.AcceptAsync("ledger-operation", request: new JsonObject { ["steps"] = 4 });
        var pause = hook.PauseAt(Operations.Faults.Failpoints.StepBegun, nth: 3);
        var running = ground.Engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();

        // The worker with the wrong clock meets a live run: it sweeps, it is handed the run again, and it is asked for another.
        await wrong.Watch.SweepAsync(Token);
        var second = await wrong.Runner.RunAsync(runId, Token);
        var refused = await wrong.Intake.AcceptAsync(TestEngine.Call("ledger-operation"), Token);
        Assert.Empty(await wrong.Runs.LapsedAsync(Token));
        pause.Release();

        Assert.Equal(RunState.Running, second?.State);
        Assert.Equal(runId, Assert.IsType<IntakeResult.LeaseHeld>(refused).Holder.RunId);
        Assert.Equal(RunState.Succeeded, (await running)?.State);
        Assert.Equal(4, (await ground.Engine.Ledger.EffectsAsync(runId, Token)).Count);
        await Invariants.EachEffectAtMostOnceAsync(ground.Engine.Ledger, Token);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(600)]
    [InlineData(-600)]
    public async Task Keeps_its_lease_and_ends_when_its_own_clock_is_wrong(int seconds)
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        using var wrong = new TestEngine(ground.Settings with { ClockOffset = TimeSpan.FromSeconds(seconds) });
        using var hook = FailpointHook.Install();
        var runId = await wrong.AcceptAsync("ledger-operation");
        var pause = hook.PauseAt(Operations.Faults.Failpoints.StepBegun, nth: 2);
        var running = wrong.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();

        await ground.Engine.Watch.SweepAsync(Token);
        var refused = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("ledger-operation"), Token);
        pause.Release();

        Assert.IsType<IntakeResult.LeaseHeld>(refused);
        Assert.Equal(RunState.Succeeded, (await running)?.State);
        Assert.Equal(3, (await ground.Engine.Ledger.EffectsAsync(runId, Token)).Count);
    }

    [Fact]
    public async Task Lets_one_of_many_runs_have_an_environment_that_all_ask_for_at_once()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        using var other = new TestEngine(ground.Settings with { ClockOffset = TimeSpan.FromMinutes(10) });
        TestEngine[] doors = [ground.Engine, other];

        await Seeds.EachAsync(FaultCounts.Of(quick: 5, full: 200), async (random, _) =>
        {
#pragma warning disable CA5394 // Reproducible on purpose.
            var callers = random.Next(2, 9);
#pragma warning restore CA5394
            var results = await Task.WhenAll(Enumerable.Range(0, callers)
                .Select(index => doors[index % 2].Intake.AcceptAsync(TestEngine.Call("ledger-operation", request: new JsonObject { ["steps"] = 2 }), Token)));

            var accepted = Assert.Single(results.OfType<IntakeResult.Accepted>());
            Assert.All(results.OfType<IntakeResult.LeaseHeld>(), held => Assert.Equal(accepted.Run.Id, held.Holder.RunId));
            Assert.Equal(callers, results.Length);
            Assert.Equal(RunState.Succeeded, (await other.Runner.RunAsync(accepted.Run.Id, Token))?.State);
        });

        await Invariants.EachEffectAtMostOnceAsync(ground.Engine.Ledger, Token);
        await Invariants.NoEffectOfAnOldHolderAsync(ground.Engine.Ledger, Token);
    }
}
