using System.Text.Json.Nodes;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Running;

/// <summary>A plan is seen, confirmed and still true, or nothing happens.</summary>
public sealed class PlanTests(MongoFixture mongo) : EngineTest(mongo)
{
    [Fact]
    public async Task Runs_what_was_seen_and_confirmed_and_keeps_the_plan_with_the_run()
    {
        await ChangeWorldAsync("first");
        var plan = await PlanAsync();

        var accepted = Assert.IsType<IntakeResult.Accepted>(await AcceptAsync(Confirmed(plan)));
        var run = await Engine.Runner.RunAsync(accepted.Run.Id, Token);

        Assert.Equal((RunState.Succeeded, plan.Hash), (run?.State, run?.Plan?.Hash));
        Assert.Equal(["Erase first"], run?.Plan?.Steps.Select(step => step.What));
    }

    [Fact]
    public async Task Stores_nothing_until_everything_is_confirmed()
    {
        var plan = await PlanAsync();
        var call = Confirmed(plan);

        await AssertUnconfirmedAsync(call with { Confirm = null }, "Confirm it with the name of what is changed: ledger.");
        await AssertUnconfirmedAsync(call with { Confirm = "Ledger" }, "'Ledger' was typed, and what is changed is ledger.");
        await AssertUnconfirmedAsync(call with { Reason = " " }, "Say the reason.");
        await AssertUnconfirmedAsync(call with { PlanHash = null }, $"Say which plan was seen: planHash is {plan.Hash}.");
        await AssertUnconfirmedAsync(call with { PlanHash = new string('0', 64) }, $"The world has changed since the plan was made; look at the new one ({plan.Hash[..12]}…) and confirm that.");
        Assert.Empty(await Engine.History.ListAsync(new RunFilter(), 10, before: null, Token));
        Assert.Null(await Engine.Leases.HolderAsync("staging", Token));
    }

    [Fact]
    public async Task Needs_no_hash_on_the_command_line_where_the_name_is_typed_after_the_plan_was_printed()
    {
        var call = Confirmed(await PlanAsync()) with { PlanHash = null, Visit = TestEngine.VisitOf("Tess", Door.CommandLine) };

        Assert.IsType<IntakeResult.Accepted>(await AcceptAsync(call));
    }

    [Fact]
    public async Task Refuses_in_the_run_when_the_world_changed_after_the_acceptance()
    {
        await ChangeWorldAsync("first");
        var accepted = Assert.IsType<IntakeResult.Accepted>(await AcceptAsync(Confirmed(await PlanAsync())));
        await ChangeWorldAsync("second");

        var run = await Engine.Runner.RunAsync(accepted.Run.Id, Token);

        Assert.Equal(RunState.Failed, run?.State);
        Assert.Equal("The world has changed since the plan was confirmed: now 'step Erase second'. Nothing was done; look at the new plan and confirm that.", run?.Message);
        Assert.Empty(await Engine.Ledger.EffectsAsync(accepted.Run.Id, Token));
    }

    [Fact]
    public async Task Accepts_nothing_that_a_condition_forbids()
    {
        var blocked = Assert.IsType<IntakeResult.Blocked>(await AcceptAsync(Confirmed(await PlanAsync()) with { Request = new JsonObject { ["label"] = "shut" } }));

        Assert.Equal("Ledger open: It is shut; open it first.", blocked.Sentence);
    }

    [Fact]
    public async Task Lets_a_request_that_changes_nothing_run_beside_the_holder()
    {
        Assert.IsType<IntakeResult.Accepted>(await AcceptAsync(TestEngine.Call("ledger-operation")));

        var dry = await AcceptAsync(TestEngine.Call("ledger-erasure", request: new JsonObject { ["label"] = "dry" }));

        Assert.False(Assert.IsType<IntakeResult.Accepted>(dry).Run.TakesLease);
    }

    [Fact]
    public async Task Shows_who_holds_the_environment_beside_the_plan()
    {
        Assert.IsType<IntakeResult.Accepted>(await AcceptAsync(TestEngine.Call("ledger-operation")));

        var preview = await Engine.Intake.PreviewAsync(TestEngine.Call("ledger-erasure"), Token);

        Assert.Equal(("ledger", "Tess"), (preview.Plan?.Target, preview.Holder?.Holder));
    }

    [Fact]
    public void Counts_what_is_promised_and_not_what_changes_by_itself()
    {
        var plan = new Plan { Target = "a", Undo = "b", Steps = [new PlanStep("c", "2 documents")], Checks = [new PlanCheck("d", PlanVerdict.Passed, "now")] };

        Assert.Equal(plan.Hash, (plan with { Steps = [new PlanStep("c", "3 documents")], Checks = [new PlanCheck("d", PlanVerdict.Passed, "later")], Expected = TimeSpan.FromHours(1) }).Hash);
        Assert.All(
            [
                plan with { Target = "x" },
                plan with { Undo = "x" },
                plan with { Steps = [new PlanStep("x")] },
                plan with { Checks = [new PlanCheck("d", PlanVerdict.Warning, "now")] },
                plan with { NotUndone = ["x"] },
            ],
            other => Assert.NotEqual(plan.Hash, other.Hash));
    }

    private static OperationCall Confirmed(Plan plan) => TestEngine.Call("ledger-erasure") with { Confirm = plan.Target, PlanHash = plan.Hash };

    private async Task<Plan> PlanAsync() =>
        (await Engine.Intake.PreviewAsync(TestEngine.Call("ledger-erasure"), Token)).Plan ?? throw new InvalidOperationException("There is no plan.");

    private Task<IntakeResult> AcceptAsync(OperationCall call) => Engine.Intake.AcceptAsync(call, Token);

    private async Task AssertUnconfirmedAsync(OperationCall call, string missing) =>
        Assert.Equal([missing], Assert.IsType<IntakeResult.Unconfirmed>(await AcceptAsync(call)).Missing);

    private Task ChangeWorldAsync(string key) =>
        Engine.Ledger.ActAsync(new LedgerEffect(ObjectId.GenerateNewId(), key, LedgerErasure.World, "staging", "test", 1, 0, DateTime.UnixEpoch), Token);
}
