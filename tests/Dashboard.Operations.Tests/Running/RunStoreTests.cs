using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Running;

public sealed class RunStoreTests(MongoFixture mongo) : EngineTest(mongo)
{
    private RunStore Runs => Engine.Runs;

    [Fact]
    public async Task Lets_one_of_many_claim_a_run()
    {
        var runId = await Engine.AcceptAsync("ledger-operation");

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Runs.ClaimAsync(runId, $"worker {number}", Token)));

        var claimed = Assert.Single(claims, claim => claim is not null);
        var stored = await Engine.FindAsync(runId);
        Assert.Equal((RunState.Running, claimed!.Worker), (stored.State, stored.Worker));
        Assert.NotNull(stored.StartedAt);
    }

    [Fact]
    public async Task Counts_every_write_that_comes_after_the_end()
    {
        var runId = await ClaimedAsync();
        Assert.True(await Runs.FinishAsync(runId, RunState.Succeeded, "done", [], Token));

        Assert.False(await Runs.UpdateAsync(runId, Builders<Run>.Update.Set(run => run.Message, "late"), Token));
        Assert.False(await Runs.FinishAsync(runId, RunState.Failed, "late", [], Token));
        Assert.Null(await Runs.BeatAsync(runId, Token));

        var run = await Engine.FindAsync(runId);
        Assert.Equal((RunState.Succeeded, "done", 2), (run.State, run.Message, run.RefusedWrites));
    }

    [Fact]
    public async Task Takes_the_same_outcome_twice_without_counting_it()
    {
        var runId = await ClaimedAsync();

        Assert.True(await Runs.FinishAsync(runId, RunState.Failed, "refused", [], Token));
        Assert.True(await Runs.FinishAsync(runId, RunState.Failed, "refused", [], Token));

        Assert.Equal(0, (await Engine.FindAsync(runId)).RefusedWrites);
    }

    [Fact]
    public async Task Does_not_interrupt_a_run_that_showed_life_since_it_was_looked_at()
    {
        var runId = await ClaimedAsync();
        await LapseAsync(runId);
        var lapsed = Assert.Single(await Runs.LapsedAsync(Token));
        Assert.NotNull(await Runs.BeatAsync(runId, Token));

        Assert.False(await Runs.InterruptAsync(lapsed, "gone", Token));

        Assert.Equal(RunState.Running, (await Engine.FindAsync(runId)).State);
        Assert.Empty(await Runs.LapsedAsync(Token));
    }

    [Fact]
    public async Task Cancels_a_queued_run_and_gives_its_environment_back()
    {
        var runId = await Engine.AcceptAsync("ledger-operation");

        var cancelled = await Runs.CancelAsync(runId, "Ann", Token);

        Assert.Equal((RunState.Cancelled, "Ann"), (cancelled?.State, cancelled?.CancelRequestedBy));
        await Invariants.NothingHoldsAsync(Engine, "staging", Token);
    }

    [Fact]
    public async Task Keeps_the_name_of_the_first_who_cancelled_and_changes_nothing_at_an_ended_run()
    {
        var runId = await ClaimedAsync();
        await Runs.CancelAsync(runId, "Ann", Token);
        var second = await Runs.CancelAsync(runId, "Bob", Token);
        await Runs.FinishAsync(runId, RunState.Succeeded, "done", [], Token);

        var third = await Runs.CancelAsync(runId, "Cid", Token);

        Assert.Equal("Ann", second?.CancelRequestedBy);
        Assert.Equal((RunState.Succeeded, "Ann"), (third?.State, third?.CancelRequestedBy));
        Assert.Null(await Runs.CancelAsync("0123456789abcdef01234567", "Dan", Token));
    }

    [Fact]
    public async Task Finds_queued_runs_that_nobody_began_but_not_those_of_the_command_line()
    {
        using var yesterday = new TestEngine(Ground.Settings with { ClockOffset = TimeSpan.FromDays(-1) });
        var forgotten = await yesterday.AcceptAsync("ledger-reading");
        await yesterday.Intake.AcceptAsync(TestEngine.Call("ledger-reading", door: Door.CommandLine), Token);
        await Engine.AcceptAsync("ledger-reading");

        Assert.Equal(forgotten, Assert.Single(await Runs.ForgottenAsync(Token)).Id);
    }

    [Fact]
    public async Task Knows_which_runs_may_still_be_writing()
    {
        var queued = await Engine.AcceptAsync("ledger-reading");
        var running = await ClaimedAsync();
        await Engine.RunAsync("ledger-reading", stopping: Token);

        Assert.Equal(new HashSet<string>(StringComparer.Ordinal) { queued, running }, await Runs.ActiveIdsAsync(Token));
    }

    private async Task<string> ClaimedAsync()
    {
        var runId = await Engine.AcceptAsync("ledger-operation");
        Assert.NotNull(await Runs.ClaimAsync(runId, "a worker", Token));
        return runId;
    }

    private Task<UpdateResult> LapseAsync(string runId) => Engine.Database.Database.GetCollection<Run>("runs")
        .UpdateOneAsync(run => run.Id == runId, Builders<Run>.Update.Set(run => run.AliveUntil, DateTimeOffset.UnixEpoch), cancellationToken: Token);
}
