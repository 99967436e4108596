using System.Globalization;
using Dashboard.Operations.Faults;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>CK1, CK4 and CK6 for restores: SIGKILL and SIGTERM at every arrival at a failpoint, and SIGKILL again while somebody recovers.</summary>
public sealed class RestoreKillTests(MongoFixture mongo)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(9);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("restore-backup", 12)]
    [InlineData("undo-restore", 9)]
    public async Task Is_entirely_old_or_entirely_new_when_the_worker_is_killed_anywhere(string operation, int quick)
    {
        await using var ground = await RestoreGround.MakeAsync(mongo, Token);
        var points = await RestoreCase.PointsAsync(ground, operation, "e001", quick, Token);

        var isNew = 0;
        await FaultCase.EachAsync(
            points.Select((hit, index) => (Hit: hit, Environment: ground.Ground.Settings.Environments[index + 2])),
            each => $"{operation} killed at {each.Hit}",
            async each =>
            {
                if (await KillAsync(ground, operation, each.Environment, each.Hit))
                    Interlocked.Increment(ref isNew);
            },
            Token,
            atOnce: 6);

        Assert.InRange(isNew, 1, points.Count - 1);
        await Invariants.EveryArchiveIsWholeAsync(ground.Engine.Backups, Token);
    }

    [Theory]
    [InlineData("restore-backup")]
    [InlineData("undo-restore")]
    public async Task Is_entirely_old_or_entirely_new_when_the_dashboard_is_stopped_in_any_step(string operation)
    {
        await using var ground = await RestoreGround.MakeAsync(mongo, Token);
        var points = (await RestoreCase.PointsAsync(ground, operation, "e001", int.MaxValue, Token))
            .Where(hit => hit.Point is Failpoints.StepBegun or Failpoints.SwapRenames or Failpoints.SwapRenamed or Failpoints.SwapMade).ToList();

        await FaultCase.EachAsync(
            FaultCounts.Some(points, quick: 6).Select((hit, index) => (Hit: hit, Environment: ground.Ground.Settings.Environments[index + 2])),
            each => $"{operation} stopped at {each.Hit}",
            async each =>
            {
                var restore = await RestoreCase.AcceptAsync(ground, operation, each.Environment, Token);
                await using var worker = await WorkerProcess.StartAsync(ground.Ground.Settings with { LeaseDuration = Lease }, PlanOf(each.Hit, "stop"), "run", restore.RunId);
                await worker.StoppedAsync();
                worker.Shutdown();
                worker.Resume();
                Assert.True(await worker.ExitAsync() == 0, worker.Output);
                await restore.AssertSecondAttemptAsync(await restore.AssertOldOrNewAsync(Token), Token);
            },
            Token);
    }

    [Fact]
    public async Task Is_entirely_old_or_entirely_new_when_whoever_recovers_is_killed_as_well()
    {
        await using var ground = await RestoreGround.MakeAsync(mongo, Token);
        (string First, string Second)[] pairs =
        [
            ("swap.renamed@1", "swap.renamed@1"), ("restore.stored@3", "swap.renames@2"), ("restore.stored@1", "restore.stored@1"), ("swap.renamed@3", "swap.made@1"),
            ("restore.stored@2", "scratch.drops@1"), ("restore.stored@2", "scratch.dropped@2"), ("swap.renames@1", "swap.renames@3"), ("swap.dropped@1", "restore.stores@1"),
            ("swap.renamed@5", "restore.stored@1"), ("swap.renamed@2", "lease.released@1"), ("swap.renamed@2", "run.recovered@1"), ("restore.stored@1", "run.recovers@1"),
        ];
        var chosen = FaultCounts.Some(pairs, quick: 4);
        for (var index = 0; index < chosen.Count; index++)
        {
            var (first, second) = chosen[index];
            await FaultCase.NamedAsync($"killed at {first}, its recovery at {second}", () => KillTwiceAsync(ground, ground.Ground.Settings.Environments[index + 2], first, second));
        }
    }

    private static async Task<bool> KillAsync(RestoreGround ground, string operation, string environment, FailpointHit hit)
    {
        var restore = await RestoreCase.AcceptAsync(ground, operation, environment, Token);
        await using var worker = await WorkerProcess.StartAsync(ground.Ground.Settings with { LeaseDuration = Lease }, PlanOf(hit, "kill"), "run", restore.RunId);
        Assert.True(await worker.ExitAsync() == 137, $"The worker was not killed: {worker.Output}");

        // The job store delivers again: before the claim this runs the body, after it never.
        await ground.Engine.Runner.RunAsync(restore.RunId, Token);
        var isNew = await restore.AssertOldOrNewAsync(Token);
        await restore.AssertSecondAttemptAsync(isNew, Token);
        return isNew;
    }

    private static async Task KillTwiceAsync(RestoreGround ground, string environment, string first, string second)
    {
        var restore = await RestoreCase.AcceptAsync(ground, "restore-backup", environment, Token);
        var settings = ground.Ground.Settings with { LeaseDuration = Lease };
        await using var worker = await WorkerProcess.StartAsync(settings, PlanOf(first), "run", restore.RunId);
        Assert.True(await worker.ExitAsync() == 137, $"The worker was not killed: {worker.Output}");
        await Eventually.TrueAsync(async () => (await ground.Engine.Runs.LapsedAsync(Token)).Any(run => run.Id == restore.RunId), "the run lapses");

        await using var sweeper = await WorkerProcess.StartAsync(settings, PlanOf(second), "sweep");
        Assert.True(await sweeper.ExitAsync() == 137, $"The sweeper was not killed: {sweeper.Output}");

        await restore.AssertSecondAttemptAsync(await restore.AssertOldOrNewAsync(Token), Token);
    }

    private static string PlanOf(FailpointHit hit, string action) => string.Create(CultureInfo.InvariantCulture, $"{hit.Point}={action}@{hit.Nth}");

    private static string PlanOf(string point) => point.Replace("@", "=kill@", StringComparison.Ordinal);
}
