using System.Text.Json.Nodes;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Maintenance;

public sealed class LeaveMaintenanceTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Brings_the_pages_back_and_closes_the_window_when_everything_is_healthy()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        var entered = await ground.EnterAsync();

        var run = await ground.Engine.RunConfirmedAsync("leave-maintenance");

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.StartsWith("Maintenance of staging is over after 0 min: GET / answers 200.", run.Message, StringComparison.Ordinal);
        Assert.False(await ground.AgreeAsync("staging", Token));
        var window = Assert.Single(await ground.Windows.PastAsync(5, Token));
        Assert.Equal((WindowState.Closed, "Tess"), (window.State, window.ClosedBy));
        Assert.Equal([entered.Id, run.Id], window.RunIds);
        Assert.Equal(RunState.Succeeded, (await ground.Engine.RunConfirmedAsync("enter-maintenance", request: MaintenanceGround.NoBackup())).State);
    }

    [Fact]
    public async Task Refuses_and_names_what_is_red()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.EnterAsync();
        ground.IsRed = true;

        var refused = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("leave-maintenance") with { Confirm = "staging" }, Token);

        Assert.Contains("Maintenance stays on, because /api/health is down (503 error: It is red)", Assert.IsType<IntakeResult.Blocked>(refused).Sentence, StringComparison.Ordinal);
        Assert.True(await ground.AgreeAsync("staging", Token));
    }

    [Fact]
    public async Task Leaves_all_the_same_when_a_person_says_force()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.EnterAsync();
        ground.IsRed = true;
        ground.PagesFail = true;
        var request = new JsonObject { ["force"] = true };

        var plan = (await ground.Engine.Intake.PreviewAsync(TestEngine.Call("leave-maintenance", request: request), Token)).Plan;
        var run = await ground.Engine.RunConfirmedAsync("leave-maintenance", request: request);

        Assert.Equal(PlanVerdict.Warning, plan?.Checks.Single(check => check.Name == "Health").Verdict);
        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Contains("GET / answers 500", run.Message, StringComparison.Ordinal);
        Assert.False(await ground.AgreeAsync("staging", Token));
    }

    [Fact]
    public async Task Switches_on_again_when_pages_do_not_answer()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.EnterAsync();
        ground.PagesFail = true;

        var run = await ground.Engine.RunConfirmedAsync("leave-maintenance");

        Assert.Equal("staging stays in maintenance, switched on again: GET / answers 500 although the switch is off. See its log with read-logs.", run.Message);
        Assert.True(await ground.AgreeAsync("staging", Token));
        Assert.Null((await ground.Windows.OpenAsync("staging", Token))?.ChangingRun);
    }

    [Fact]
    public async Task Changes_nothing_when_it_is_not_on()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);

        var run = await ground.Engine.RunAsync("leave-maintenance", stopping: Token);

        Assert.Equal((RunState.Succeeded, "Maintenance of staging is not on. Nothing was changed."), (run.State, run.Message));
        Assert.Empty(await (await ground.DatabaseOf("staging").ListCollectionNamesAsync(cancellationToken: Token)).ToListAsync(Token));
    }

    [Fact]
    public async Task Switches_off_a_flag_that_somebody_set_by_hand()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.FlagsOf("staging").InsertOneAsync(new BsonDocument { ["_id"] = "mode", ["enabled"] = true }, cancellationToken: Token);

        await ground.Sweep.SweepAsync(Token);
        Assert.True(await ground.IsFlagOnAsync("staging", Token));
        var run = await ground.Engine.RunConfirmedAsync("leave-maintenance");

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.False(await ground.AgreeAsync("staging", Token));
    }

    [Fact]
    public async Task Does_not_repeat_a_confirmed_plan_in_another_world()
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token);
        await ground.EnterAsync();
        var runId = await ground.Engine.ConfirmAsync("leave-maintenance");
        ground.IsRed = true;

        var run = await ground.Engine.Runner.RunAsync(runId, Token);

        Assert.Equal(RunState.Failed, run?.State);
        Assert.EndsWith("Nothing was done.", run?.Message, StringComparison.Ordinal);
        Assert.True(await ground.AgreeAsync("staging", Token));
    }
}
