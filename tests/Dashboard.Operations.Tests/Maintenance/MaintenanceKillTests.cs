using System.Text.Json.Nodes;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Maintenance;

/// <summary>CK1 and CK4: SIGKILL and SIGTERM at every arrival at a failpoint of entering and leaving; record and flag agree afterwards.</summary>
public sealed class MaintenanceKillTests(MongoFixture mongo)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(9);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("enter-maintenance", "kill", 12)]
    [InlineData("leave-maintenance", "kill", 10)]
    [InlineData("enter-maintenance", "stop", 5)]
    [InlineData("leave-maintenance", "stop", 5)]
    public async Task Record_and_flag_agree_wherever_the_worker_is_ended(string operation, string how, int quick)
    {
        await using var ground = await MaintenanceGround.MakeAsync(mongo, Token, EngineGround.ManyEnvironments);
        var points = await PointsAsync(ground, operation, how, quick);

        await FaultCase.EachAsync(
            points.Select((hit, index) => (Hit: hit, Environment: ground.Ground.Settings.Environments[index + 2])),
            each => $"{operation}, {how} at {each.Hit}",
            each => EndAsync(ground, operation, each.Environment, each.Hit, how),
            Token);
    }

    private static async Task<IReadOnlyList<FailpointHit>> PointsAsync(MaintenanceGround ground, string operation, string how, int quick)
    {
        var reference = await AcceptAsync(ground, operation, "e001");
        using var hook = FailpointHook.Install();
        var run = await ground.Engine.Runner.RunAsync(reference, Token);
        Assert.Equal((RunState.Succeeded, run?.Message), (run?.State, run?.Message));
        var own = hook.Hits.Where(hit => hit.Point is Failpoints.WindowStores or Failpoints.WindowStored or Failpoints.ModeSwitches or Failpoints.ModeSwitched
            || (hit.Point is Failpoints.StepBegun or Failpoints.StepBegins)).ToList();
        if (how == "stop")
            own = [.. own.Where(hit => hit.Point is Failpoints.StepBegun or Failpoints.ModeSwitched)];
        return FaultCounts.IsFull && how == "kill" ? hook.Hits : FaultCounts.Some(own, quick);
    }

    /// <summary>The request makes a backup, so that its files are among what may be left.</summary>
    private static async Task<string> AcceptAsync(MaintenanceGround ground, string operation, string environment)
    {
        await ground.FillAsync(environment, Token);
        if (operation == "leave-maintenance")
            await ground.EnterAsync(environment);
        return await ground.Engine.ConfirmAsync(operation, environment, new JsonObject());
    }

    private static async Task EndAsync(MaintenanceGround ground, string operation, string environment, FailpointHit hit, string how)
    {
        var runId = await AcceptAsync(ground, operation, environment);
        await WorkerEnd.MakeAsync(ground.Engine, ground.Ground.Settings with { LeaseDuration = Lease }, runId, hit, how, Token);
        await ground.AgreeAsync(environment, Token);
        await Invariants.NothingHoldsAsync(ground.Engine, environment, Token);
        await AssertGoesOnAsync(ground, environment);
    }

    /// <summary>Whatever was left, both operations work afterwards.</summary>
    private static async Task AssertGoesOnAsync(MaintenanceGround ground, string environment)
    {
        if (await ground.Windows.OpenAsync(environment, Token) is null)
            await ground.EnterAsync(environment);
        var left = await ground.Engine.RunConfirmedAsync("leave-maintenance", environment);
        Assert.Equal((RunState.Succeeded, left.Message), (left.State, left.Message));
        Assert.False(await ground.AgreeAsync(environment, Token));
    }
}
