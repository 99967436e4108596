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
    public async Task Leaves_the_environment_to_the_recovery_that_has_taken_it_meanwhile()
    {
        var runId = await DeadAsync("staging");
        using var hook = FailpointHook.Install();
        long token = 0;
        hook.On(Failpoints.RunInterrupted, 1, 1, async _ => token = (await Engine.Leases.TakeAsync(await Engine.FindAsync(runId), Token)).Holder.Token);

        await Engine.Watch.EndLostAsync(Token);

        Assert.Equal(RunState.Interrupted, (await Engine.FindAsync(runId)).State);
        Assert.Equal(token, (await Engine.Leases.HolderAsync("staging", Token))?.Token);
        Assert.True(await Engine.Leases.RenewAsync("staging", token, Token));
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
        await Engine.Watch.SweepAsync(Token);
        Assert.Null((await Engine.FindAsync(runId)).RecoveredAt);

        await Engine.Watch.SweepAsync(Token);

        Assert.NotNull((await Engine.FindAsync(runId)).RecoveredAt);
    }

    public static TheoryData<string> Failures => [.. Thrown.Keys];

    private static Dictionary<string, Func<Exception>> Thrown { get; } = new(StringComparer.Ordinal)
    {
        ["the folder is gone"] = () => new IOException("The folder is gone."),
        ["its database does not answer"] = () => new TimeoutException("A timeout occurred."),
        ["the environment is no longer configured"] = () => new InvalidOperationException("config/dashboard.json no longer has it."),
        ["something gave up"] = () => new OperationCanceledException(),
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Clears_after_the_others_when_the_clearing_after_one_run_fails(string why)
    {
        var broken = await DeadAsync("staging");
        var fine = await DeadAsync("production");
        using var hook = FailpointHook.Install();
        hook.On(Failpoints.RunRecovers, 1, int.MaxValue, hit => hit.Detail == broken ? Task.FromException(Thrown[why]()) : Task.CompletedTask);

        await Engine.Watch.SweepAsync(Token);

        Assert.Null((await Engine.FindAsync(broken)).RecoveredAt);
        Assert.NotNull((await Engine.FindAsync(fine)).RecoveredAt);
    }

    [Fact]
    public async Task Clears_after_another_environment_and_ends_lost_runs_while_one_does_not_answer()
    {
        var stuck = await DeadAsync("staging");
        var fine = await DeadAsync("production");
        await Engine.Watch.EndLostAsync(Token);
        using var hook = FailpointHook.Install();
        var answer = new TaskCompletionSource();
        hook.On(Failpoints.RunRecovers, 1, int.MaxValue, hit => hit.Detail == stuck ? answer.Task : Task.CompletedTask);

        var clearing = Engine.Watch.RecoverAsync(Token);
        await Eventually.TrueAsync(async () => (await Engine.FindAsync(fine)).RecoveredAt is not null, "the other environment is cleared");
        var lost = await DeadAsync("production");
        await Engine.Watch.EndLostAsync(Token);

        Assert.False(clearing.IsCompleted);
        Assert.Equal(RunState.Interrupted, (await Engine.FindAsync(lost)).State);
        answer.SetResult();
        await clearing;
        Assert.NotNull((await Engine.FindAsync(stuck)).RecoveredAt);
    }

    [Fact]
    public async Task Ends_a_run_of_the_command_line_whose_process_died_before_it_began()
    {
        var call = TestEngine.Call("ledger-operation", door: Door.CommandLine);
        var runId = Assert.IsType<IntakeResult.Accepted>(await Engine.Intake.AcceptAsync(call, Token)).Run.Id;
        using var later = Later(Engine.Options.QueuePatience + TimeSpan.FromSeconds(1));

        await Engine.Watch.SweepAsync(Token);
        Assert.Equal(RunState.Queued, (await Engine.FindAsync(runId)).State);
        await later.Watch.SweepAsync(Token);

        var run = await Engine.FindAsync(runId);
        Assert.Equal((RunState.Interrupted, "The command line's process ended before it began. Nothing was changed; start it again."), (run.State, run.Message));
        Assert.NotNull(run.RecoveredAt);
        await Invariants.NothingHoldsAsync(Engine, "staging", Token);
        Assert.Equal(RunState.Interrupted, (await Engine.Runner.RunAsync(runId, Token))?.State);
        Assert.Empty(await Engine.Ledger.EffectsAsync(runId, Token));
    }

    [Fact]
    public async Task Tells_of_a_forgotten_run_once_in_a_while_and_to_one_alone()
    {
        var runId = await Engine.AcceptAsync("ledger-operation");
        using var later = Later(Engine.Options.QueuePatience + TimeSpan.FromSeconds(1));
        using var muchLater = Later(2 * Engine.Options.QueuePatience + TimeSpan.FromSeconds(2));

        Assert.Empty(await Engine.Runs.ForgottenAsync(Token));
        var told = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => later.Runs.ForgottenAsync(Token)));
        Assert.Equal(runId, Assert.Single(told.SelectMany(runs => runs)).Id);
        Assert.Equal(runId, Assert.Single(await muchLater.Runs.ForgottenAsync(Token)).Id);
    }

    private TestEngine Later(TimeSpan by) => new(Ground.Settings with { ClockOffset = by });

    private async Task<string> DeadAsync(string environment)
    {
        using var dying = new TestEngine(Ground.Settings with { LeaseDuration = TimeSpan.FromMilliseconds(1) });
        var runId = await dying.AcceptAsync("ledger-operation", environment);
        Assert.NotNull(await dying.Runs.ClaimAsync(runId, "a process that died", Token));
        await Eventually.TrueAsync(async () => (await Engine.Runs.LapsedAsync(Token)).Any(run => run.Id == runId), "the run lapses");
        return runId;
    }
}
