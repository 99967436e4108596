using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Running;

public sealed class RunWatchTests(MongoFixture mongo) : EngineTest(mongo)
{
    [Fact]
    public async Task Says_of_a_dead_run_who_ran_it_and_frees_its_environment()
    {
        var runId = await DeadAsync("staging");

        await Engine.Watch.SweepAsync(Token);

        var run = await Engine.FindAsync(runId);
        Assert.Equal(RunState.Interrupted, run.State);
        Assert.Equal(
            "The process that ran it (a process that died) gave no sign of life until its lease lapsed. No step had begun; nothing was changed.", run.Message);
        Assert.Equal($"cleared after {runId}", run.Cleared);
        Assert.NotNull(run.RecoveredAt);
        await Invariants.NothingHoldsAsync(Engine, "staging", Token);
    }

    [Fact]
    public async Task Leaves_live_and_queued_runs_alone()
    {
        var queued = await Engine.AcceptAsync("ledger-operation");
        var live = await Engine.AcceptAsync("ledger-operation", "production");
        await Engine.Runs.ClaimAsync(live, "a worker", Token);

        await Engine.Watch.SweepAsync(Token);

        Assert.Equal(RunState.Queued, (await Engine.FindAsync(queued)).State);
        Assert.Equal(RunState.Running, (await Engine.FindAsync(live)).State);
    }

    [Fact]
    public async Task Does_the_same_once_when_two_dashboards_sweep_at_once()
    {
        var runId = await DeadAsync("staging");
        using var other = new TestEngine(Ground.Settings);
        using var hook = FailpointHook.Install();

        await Task.WhenAll(Engine.Watch.SweepAsync(Token), other.Watch.SweepAsync(Token));

        Assert.Equal(1, hook.CountOf(Failpoints.RunInterrupted));
        Assert.Equal(RunState.Interrupted, (await Engine.FindAsync(runId)).State);
    }

    [Fact]
    public async Task Clears_away_again_when_it_died_while_it_cleared()
    {
        var runId = await DeadAsync("staging");
        using var hook = FailpointHook.Install();
        hook.ThrowAt(Failpoints.RunRecovered, () => new TimeoutException("dead"));
        await Assert.ThrowsAsync<TimeoutException>(() => Engine.Watch.SweepAsync(Token));
        Assert.Null((await Engine.FindAsync(runId)).RecoveredAt);

        await Engine.Watch.SweepAsync(Token);

        Assert.NotNull((await Engine.FindAsync(runId)).RecoveredAt);
    }

    [Fact]
    public async Task Clears_after_the_others_when_the_clearing_after_one_run_fails()
    {
        var broken = await DeadAsync("staging");
        var fine = await DeadAsync("production");
        using var hook = FailpointHook.Install();
        hook.On(Failpoints.RunRecovers, 1, int.MaxValue, hit => hit.Detail == broken ? Task.FromException(new IOException("The folder is gone.")) : Task.CompletedTask);

        await Engine.Watch.SweepAsync(Token);

        Assert.Null((await Engine.FindAsync(broken)).RecoveredAt);
        Assert.NotNull((await Engine.FindAsync(fine)).RecoveredAt);
    }

    private async Task<string> DeadAsync(string environment)
    {
        using var dying = new TestEngine(Ground.Settings with { LeaseDuration = TimeSpan.FromMilliseconds(1) });
        var runId = await dying.AcceptAsync("ledger-operation", environment);
        Assert.NotNull(await dying.Runs.ClaimAsync(runId, "a process that died", Token));
        await Eventually.TrueAsync(async () => (await Engine.Runs.LapsedAsync(Token)).Any(run => run.Id == runId), "the run lapses");
        return runId;
    }
}
