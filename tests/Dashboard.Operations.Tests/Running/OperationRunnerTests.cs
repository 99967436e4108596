using System.Text.Json.Nodes;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Running;

/// <summary>Every end that a run can have.</summary>
public sealed class OperationRunnerTests(MongoFixture mongo) : EngineTest(mongo)
{
    [Fact]
    public async Task Records_a_success_with_its_steps_facts_lines_and_times()
    {
        var run = await RunAsync("""{"steps": 2}""");

        Assert.Equal((RunState.Succeeded, "2 effects done."), (run.State, run.Message));
        Assert.Equal([("Effect 1", StepState.Succeeded), ("Effect 2", StepState.Succeeded)], run.Steps.Select(step => (step.Title, step.State)));
        Assert.All(run.Steps, step => Assert.NotNull(step.FinishedAt));
        Assert.Equal("done", run.Facts["effect-2"]);
        Assert.Equal(100, run.Progress?.Percent);
        Assert.NotNull(run.StartedAt);
        Assert.Contains("process", run.Worker, StringComparison.Ordinal);
        var lines = await Engine.History.LinesAsync(run.Id, 0, Token);
        Assert.Equal(["Effect 1", "About to do effect 1.", "Effect 2", "About to do effect 2.", "2 effects done."], lines.Select(line => line.Text).ToArray());
        await Invariants.NothingHoldsAsync(Engine, "staging", Token);
    }

    [Fact]
    public async Task Records_a_failure_with_the_operations_own_sentence()
    {
        var run = await RunAsync("""{"steps": 3, "failure": "before", "failsAt": 2}""");

        Assert.Equal((RunState.Failed, "The provider refused effect 2; nothing of it happened."), (run.State, run.Message));
        Assert.Equal([StepState.Succeeded, StepState.Failed], run.Steps.Select(step => step.State));
        await Invariants.NothingHoldsAsync(Engine, "staging", Token);
    }

    [Fact]
    public async Task Turns_an_exception_into_a_failure_that_names_step_and_run()
    {
        var run = await RunAsync("""{"failure": "exception", "failsAt": 2}""");

        Assert.Equal(RunState.Failed, run.State);
        Assert.Equal(
            $"Write to the ledger stopped on an error in 'Effect 2': Effect 2 has a bug. The server's log has the details under run {run.Id}.", run.Message);
        await Invariants.NothingHoldsAsync(Engine, "staging", Token);
    }

    [Fact]
    public async Task Never_begins_a_run_that_was_cancelled_while_it_was_queued()
    {
        var runId = await Engine.AcceptAsync("ledger-operation");

        var cancelled = await Engine.Runs.CancelAsync(runId, "Ann", Token);
        var delivered = await Engine.Runner.RunAsync(runId, Token);

        Assert.Equal((RunState.Cancelled, "Cancelled by Ann before it began."), (cancelled?.State, cancelled?.Message));
        Assert.Equal(RunState.Cancelled, delivered?.State);
        Assert.Empty(await Engine.Ledger.EffectsAsync(runId, Token));
        await Invariants.NothingHoldsAsync(Engine, "staging", Token);
    }

    [Fact]
    public async Task Stops_at_once_when_it_is_cancelled_in_a_step_that_can_stop_now()
    {
        var (runId, running) = await BeginAsync("""{"failure": "no-answer", "failsAt": 2}""", effects: 2, Token);

        await Engine.Runs.CancelAsync(runId, "Ann", Token);
        var run = await running;

        Assert.Equal((RunState.Cancelled, "Cancelled by Ann in 'Effect 2'."), (run?.State, run?.Message));
        Assert.Equal([StepState.Succeeded, StepState.Cancelled], run!.Steps.Select(step => step.State));
        await Invariants.NothingHoldsAsync(Engine, "staging", Token);
    }

    [Fact]
    public async Task Ends_its_step_first_when_the_step_says_so()
    {
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Failpoints.StepBegins, nth: 2);
        var runId = await Engine.AcceptAsync("ledger-operation", "staging", Request("""{"stop": "after-step"}"""));
        var running = Engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();

        await Engine.Runs.CancelAsync(runId, "Ann", Token);
        await SaidAsync(runId, "The cancel is obeyed when this step has ended.");
        pause.Release();
        var run = await running;

        Assert.Equal((RunState.Cancelled, "Cancelled by Ann in 'Effect 1'."), (run?.State, run?.Message));
        Assert.Single(await Engine.Ledger.EffectsAsync(runId, Token));
    }

    [Fact]
    public async Task Goes_on_to_its_end_when_the_cancel_comes_too_late()
    {
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Failpoints.StepBegins, nth: 2);
        var runId = await Engine.AcceptAsync("ledger-operation", "staging", Request("""{"stop": "never"}"""));
        var running = Engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();

        await Engine.Runs.CancelAsync(runId, "Ann", Token);
        await SaidAsync(runId, "The cancel came too late: the operation is past its point of no return and goes on to its end.");
        pause.Release();
        var run = await running;

        Assert.Equal((RunState.Succeeded, "Ann"), (run?.State, run?.CancelRequestedBy));
        Assert.Equal(3, (await Engine.Ledger.EffectsAsync(runId, Token)).Count);
    }

    [Fact]
    public async Task Is_interrupted_when_the_process_is_stopped_and_says_how_far_it_came()
    {
        using var stopping = new CancellationTokenSource();
        var (_, running) = await BeginAsync("""{"failure": "no-answer", "failsAt": 2}""", effects: 2, stopping.Token);

        await stopping.CancelAsync();
        var run = await running;

        Assert.Equal(RunState.Interrupted, run?.State);
        Assert.Equal(
            "The dashboard was stopped while it ran. It was in step 2, 'Effect 2'; look at what that step leaves behind before you start it again.", run?.Message);
        await Invariants.NothingHoldsAsync(Engine, "staging", Token);
    }

    [Fact]
    public async Task Is_interrupted_and_does_no_more_when_another_run_was_given_its_lease()
    {
        var (runId, running) = await BeginAsync("""{"failure": "no-answer", "failsAt": 1}""", effects: 1, Token);

        await LapseLeaseAsync();
        var taken = await Engine.Leases.TakeAsync((await Engine.FindAsync(runId)) with { Id = "0123456789abcdef01234567" }, Token);
        var run = await running;

        Assert.NotNull(taken.Lease);
        Assert.Equal(RunState.Interrupted, run?.State);
        Assert.StartsWith("Another run holds staging now: the lease of this one had lapsed.", run?.Message, StringComparison.Ordinal);
        Assert.Equal("0123456789abcdef01234567", (await Engine.Leases.HolderAsync("staging", Token))?.RunId);
    }

    [Fact]
    public async Task Is_interrupted_once_and_counts_its_refused_outcome_when_it_was_given_up_meanwhile()
    {
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Failpoints.RunFinishes);
        var runId = await Engine.AcceptAsync("ledger-operation");
        var running = Engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();

        await Engine.Database.Database.GetCollection<Run>("runs")
            .UpdateOneAsync(run => run.Id == runId, Builders<Run>.Update.Set(run => run.AliveUntil, DateTimeOffset.UnixEpoch), cancellationToken: Token);
        await Engine.Watch.SweepAsync(Token);
        pause.Release();
        var run = await running;

        Assert.Equal((RunState.Interrupted, 1), (run?.State, run?.RefusedWrites));
        Assert.StartsWith("The process that ran it", run?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fails_a_run_of_an_operation_that_this_version_does_not_have()
    {
        var runId = await Engine.AcceptAsync("ledger-operation");
        await Engine.Database.Database.GetCollection<Run>("runs")
            .UpdateOneAsync(run => run.Id == runId, Builders<Run>.Update.Set(run => run.Operation, "fly-to-the-moon"), cancellationToken: Token);

        var run = await Engine.Runner.RunAsync(runId, Token);

        Assert.Equal(RunState.Failed, run?.State);
        Assert.Equal("This version of the dashboard has no operation 'fly-to-the-moon'; queue it again with one that has.", run?.Message);
        await Invariants.NothingHoldsAsync(Engine, "staging", Token);
    }

    [Fact]
    public async Task Fails_a_run_of_an_environment_that_is_gone()
    {
        await Ground.FillTargetAsync(documents: 1, bytesOfEach: 10, Token);
        var runId = await Engine.AcceptAsync("create-backup", "production");
        using var later = new TestEngine(Ground.Settings with { Environments = ["staging"] });

        var run = await later.Runner.RunAsync(runId, Token);

        Assert.Equal(RunState.Failed, run?.State);
        Assert.Contains("config/dashboard.json no longer has the environment 'production'; it has staging.", run?.Message, StringComparison.Ordinal);
        await Invariants.NothingHoldsAsync(Engine, "production", Token);
    }

    [Fact]
    public async Task Fails_a_run_whose_stored_request_no_longer_fits_the_operation()
    {
        var runId = await Engine.AcceptAsync("ledger-operation");
        await Engine.Database.Database.GetCollection<Run>("runs")
            .UpdateOneAsync(run => run.Id == runId, Builders<Run>.Update.Set(run => run.Request, """{"colour": "red"}"""), cancellationToken: Token);

        var run = await Engine.Runner.RunAsync(runId, Token);

        Assert.Equal(RunState.Failed, run?.State);
        Assert.Contains("colour", run?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fails_with_the_holders_name_when_its_lease_went_to_another_run_while_it_was_queued()
    {
        var runId = await Engine.AcceptAsync("ledger-operation");
        await LapseLeaseAsync();
        var other = await Engine.AcceptAsync("ledger-operation");

        var run = await Engine.Runner.RunAsync(runId, Token);

        Assert.Equal(RunState.Failed, run?.State);
        Assert.Contains($"staging is held by 'Write to the ledger' of Tess", run?.Message, StringComparison.Ordinal);
        Assert.Contains(other, run?.Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Succeeded, (await Engine.Runner.RunAsync(other, Token))?.State);
    }

    [Fact]
    public async Task Knows_no_run_that_does_not_exist() =>
        Assert.Null(await Engine.Runner.RunAsync("0123456789abcdef01234567", Token));

    private static JsonObject Request(string json) => JsonNode.Parse(json)!.AsObject();

    private Task<Run> RunAsync(string request) => Engine.RunAsync("ledger-operation", "staging", Request(request), stopping: Token);

    /// <summary>A run that has done so many effects and hangs in the last.</summary>
    private async Task<(string RunId, Task<Run?> Running)> BeginAsync(string request, int effects, CancellationToken stopping)
    {
        var runId = await Engine.AcceptAsync("ledger-operation", "staging", Request(request));
        var running = Engine.Runner.RunAsync(runId, stopping);
        await Eventually.TrueAsync(async () => (await Engine.Ledger.EffectsAsync(runId, Token)).Count == effects, $"{effects} effects are done");
        return (runId, running);
    }

    private Task SaidAsync(string runId, string text) => Eventually.TrueAsync(
        async () => (await Engine.History.LinesAsync(runId, 0, Token)).Any(line => line.Text == text), $"the run says '{text}'");

    private Task<UpdateResult> LapseLeaseAsync() => Engine.Database.Database.GetCollection<Lease>("leases")
        .UpdateOneAsync(lease => lease.Id == "staging", Builders<Lease>.Update.Set(lease => lease.ExpiresAt, DateTimeOffset.UnixEpoch), cancellationToken: Token);
}
