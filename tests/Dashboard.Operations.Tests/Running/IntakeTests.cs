using System.Text.Json.Nodes;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Running;

public sealed class IntakeTests(MongoFixture mongo) : EngineTest(mongo)
{
    [Fact]
    public async Task Stores_a_run_with_everything_that_was_asked()
    {
        var result = await AcceptAsync(new OperationCall("ledger-operation", "staging", "  because  ", Json("""{"steps": 2}"""), TestEngine.VisitOf("Ann", Door.Button)));

        var run = await Engine.FindAsync(Assert.IsType<IntakeResult.Accepted>(result).Run.Id);
        Assert.Equal(
            ("ledger-operation", "Write to the ledger", "staging", RunState.Queued, "because", "Ann", Door.Button, true),
            (run.Operation, run.Title, run.Environment, run.State, run.Reason, run.Actor, run.Door, run.TakesLease));
        Assert.Equal(2, Json(run.Request)["steps"]?.GetValue<int>());
    }

    [Fact]
    public async Task Names_what_there_is_when_the_operation_is_unknown()
    {
        var result = await AcceptAsync(TestEngine.Call("make-coffee"));

        var unknown = Assert.IsType<IntakeResult.UnknownOperation>(result);
        Assert.Equal("make-coffee", unknown.Name);
        Assert.Equal(
            [
                "cancel-maintenance", "check-health", "create-backup", "deploy-release", "enter-maintenance", "file-issue", "leave-maintenance", "ledger-erasure", "ledger-operation", "ledger-reading",
                "plan-maintenance", "profile-queries", "prune-backups", "read-logs", "rebuild-indexes", "restore-backup", "roll-back", "roll-back-migrations", "run-migrations", "scale", "send-weekly-summary",
                "start-application", "stop-application", "undo-restore", "verify-backup",
            ],
            unknown.Known);
        await AssertNothingStoredAsync();
    }

    [Theory]
    [InlineData(null, "Say which environment: staging, production.")]
    [InlineData(" ", "Say which environment: staging, production.")]
    [InlineData("moon", "There is no environment 'moon'; config/dashboard.json has staging, production.")]
    [InlineData("Staging", "There is no environment 'Staging'; config/dashboard.json has staging, production.")]
    public async Task Says_which_environments_there_are(string? environment, string error)
    {
        var result = await AcceptAsync(TestEngine.Call("ledger-operation") with { Environment = environment });

        Assert.Equal([error], Assert.IsType<IntakeResult.Invalid>(result).Errors["environment"]);
        await AssertNothingStoredAsync();
    }

    [Fact]
    public async Task Collects_every_error_of_a_call()
    {
        var result = await AcceptAsync(new OperationCall(
            "ledger-operation", "moon", new string('x', Intake.LongestReason + 1), Json("""{"steps": 0, "milliseconds": -1}"""), TestEngine.VisitOf("Ann", Door.Api)));

        var errors = Assert.IsType<IntakeResult.Invalid>(result).Errors;
        Assert.Equal(["environment", "milliseconds", "reason", "steps"], errors.Keys.Order(StringComparer.Ordinal).ToArray());
        Assert.Equal(["The reason has 501 characters; 500 is the most."], errors["reason"]);
        await AssertNothingStoredAsync();
    }

    [Fact]
    public async Task Refuses_while_the_environment_is_held_and_names_the_holder()
    {
        var holder = await Engine.AcceptAsync("ledger-operation");

        var result = await AcceptAsync(TestEngine.Call("create-backup"));

        var held = Assert.IsType<IntakeResult.LeaseHeld>(result);
        Assert.Equal(holder, held.Holder.RunId);
        Assert.Matches($"^staging is held by 'Write to the ledger' of Tess since [0-9:]{{8}} UTC \\(run {holder}\\); wait for it to end or cancel it\\.$", held.Sentence);
        Assert.Single(await Engine.History.ActiveAsync(Token));
    }

    [Fact]
    public async Task Lets_other_environments_and_operations_without_a_lease_run_beside_it()
    {
        await Engine.AcceptAsync("ledger-operation");

        Assert.IsType<IntakeResult.Accepted>(await AcceptAsync(TestEngine.Call("ledger-operation", "production")));
        Assert.IsType<IntakeResult.Accepted>(await AcceptAsync(TestEngine.Call("ledger-reading")));
    }

    [Fact]
    public async Task Leaves_no_lease_for_longer_than_its_time_when_it_dies_before_the_run_is_stored()
    {
        using var dying = new TestEngine(Ground.Settings with { LeaseDuration = TimeSpan.FromMilliseconds(100) });
        using var hook = FailpointHook.Install();
        hook.ThrowAt(Failpoints.RunStores, () => new IOException("dead"));

        await Assert.ThrowsAsync<IOException>(() => dying.Intake.AcceptAsync(TestEngine.Call("ledger-operation"), Token));

        await Eventually.TrueAsync(async () => await Engine.Leases.HolderAsync("staging", Token) is null, "the lease lapses");
        Assert.IsType<IntakeResult.Accepted>(await AcceptAsync(TestEngine.Call("ledger-operation")));
    }

    [Fact]
    public async Task Does_not_change_the_callers_request()
    {
        var request = Json("""{"steps": 2}""");

        await AcceptAsync(TestEngine.Call("ledger-operation", request: request));

        Assert.Equal("""{"steps":2}""", request.ToJsonString());
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    private Task<IntakeResult> AcceptAsync(OperationCall call) => Engine.Intake.AcceptAsync(call, Token);

    private async Task AssertNothingStoredAsync()
    {
        Assert.Empty(await Engine.History.ListAsync(new RunFilter(), 10, before: null, Token));
        await Invariants.NothingHoldsAsync(Engine, "staging", Token);
    }
}
