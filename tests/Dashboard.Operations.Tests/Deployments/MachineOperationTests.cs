using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Deployments;

/// <summary>scale, stop-application and start-application on real machines.</summary>
public sealed class MachineOperationTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task More_machines_need_no_plan_and_fewer_do()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);
        var more = (await ground.Engine.Intake.PreviewAsync(TestEngine.Call("scale", DeploymentGround.Environment, new() { ["machines"] = 2 }), Token)).Plan;

        var up = await ground.Engine.RunAsync("scale", DeploymentGround.Environment, new() { ["machines"] = 2 }, stopping: Token);
        var down = await ground.RunAsync("scale", ("machines", 1));
        var again = await ground.Engine.RunAsync("scale", DeploymentGround.Environment, new() { ["machines"] = 1 }, stopping: Token);

        Assert.Null(more);
        Assert.Equal("staging has 2 machines now; before it had 1.", up.Message);
        Assert.Equal("staging has 1 machine now; before it had 2.", down.Message);
        Assert.Equal("staging has 1 machine already; nothing was done.", again.Message);
    }

    [Fact]
    public async Task Scaling_to_nothing_says_that_it_destroys_and_names_the_way_that_does_not()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);

        var plan = await ground.PlanAsync("scale", ("machines", 0));
        var run = await ground.RunAsync("scale", ("machines", 0));
        var start = await ground.Engine.RunAsync("start-application", DeploymentGround.Environment, stopping: Token);

        Assert.Contains("stop-application stops them and keeps them", Assert.Single(plan.Checks).Note, StringComparison.Ordinal);
        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal((RunState.Failed, "staging has no machine that could be started; scale it to the number that is wanted."), (start.State, start.Message));
    }

    [Fact]
    public async Task What_was_stopped_comes_back()
    {
        await using var ground = await DeploymentGround.MakeAsync(mongo);

        var stop = await ground.RunAsync("stop-application");
        var between = await ground.Platform.StatusAsync(DeploymentGround.Environment, Token);
        var start = await ground.Engine.RunAsync("start-application", DeploymentGround.Environment, stopping: Token);

        Assert.Equal(RunState.Succeeded, stop.State);
        Assert.Equal(MachineState.Stopped, Assert.Single(between.Machines).State);
        Assert.Equal((RunState.Succeeded, "staging runs: the machines are 1 × dnd-tracker:1.0.0 (healthy)."), (start.State, start.Message));
        Assert.Equal("1.0.0", await ground.VersionAsync());
    }
}
