using Dashboard.Operations.Running;
using Dashboard.Operations.Tests.Faults;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>H1 for restores: the places that the fault matrix disturbs are all there are.</summary>
public sealed class RestoreFailpointTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_failpoint_of_restores_is_reached_by_a_restore_and_one_that_gives_up()
    {
        await using var ground = await RestoreGround.MakeAsync(mongo, Token);
        await ground.FillOldAsync("e001", Token);
        using var hook = FailpointHook.Install();

        Assert.Equal(RunState.Succeeded, (await ground.RestoreAsync("e001")).State);
        hook.ThrowAt(Operations.Faults.Failpoints.StepBegun, () => new IOException("made to fail"), nth: hook.CountOf(Operations.Faults.Failpoints.StepBegun) + 7);
        Assert.Equal(RunState.Failed, (await ground.RestoreAsync("e001")).State);

        Assert.Empty(FailpointPlan.AllPoints.Where(FailpointTests.IsOfRestores).Except(hook.Hits.Select(hit => hit.Point), StringComparer.Ordinal));
    }
}
