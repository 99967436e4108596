using Dashboard.Jobs;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using Dashboard.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Tests.Jobs;

/// <summary>A run whose plan is of one machine's disk is left to that machine.</summary>
public sealed class MachineQueueTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task This_machine_runs_what_is_to_stay_here_and_what_any_may_run()
    {
        await using var dashboard = await TestDashboard.StartAsync(mongo, new());

        var pruning = await StartAsync(dashboard, "prune-backups");
        var check = await StartAsync(dashboard, "check-health");

        Assert.Equal((Environment.MachineName, null), (pruning.Machine, check.Machine));
        Assert.StartsWith("machine-", OperationQueue.QueuesOfThisMachine[0], StringComparison.Ordinal);
        await dashboard.EndOfAsync(pruning.Id);
        await dashboard.EndOfAsync(check.Id);
        Assert.Equal(RunState.Succeeded, (await dashboard.Services.GetRequiredService<RunHistory>().FindAsync(pruning.Id, Token))?.State);
    }

    /// <summary>It would meet another plan there, and say so; a run that nobody takes would hold the environment for ever.</summary>
    [Fact]
    public async Task What_waits_for_a_machine_that_is_gone_is_queued_for_any()
    {
        await using var dashboard = await TestDashboard.StartAsync(mongo, new());
        var accepted = Assert.IsType<IntakeResult.Accepted>(await dashboard.Services.GetRequiredService<Intake>().AcceptAsync(TestEngine.Call("prune-backups"), Token)).Run;

        dashboard.Services.GetRequiredService<OperationQueue>().QueueAgain(accepted with { Machine = "gone" });

        await dashboard.EndOfAsync(accepted.Id);
    }

    private static async Task<Run> StartAsync(TestDashboard dashboard, string operation) =>
        Assert.IsType<IntakeResult.Accepted>(await dashboard.Services.GetRequiredService<OperationQueue>().StartAsync(TestEngine.Call(operation), Token)).Run;
}
