using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>DL2 for restores: a worker sleeps by SIGSTOP through its lease, others finish or clear its work and go on with the database, and then it wakes.</summary>
public sealed class RestorePauseTests(MongoFixture mongo)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(9);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("restore-backup", 9)]
    [InlineData("undo-restore", 6)]
    public async Task Does_no_harm_when_it_wakes_after_others_have_gone_on(string operation, int quick)
    {
        await using var ground = await RestoreGround.MakeAsync(mongo, Token);
        var points = (await RestoreCase.PointsAsync(ground, operation, "e001", quick, Token))
            .Where(hit => hit.Point is not (Failpoints.RunClaims or Failpoints.LeaseReleases or Failpoints.LeaseReleased or Failpoints.RunFinished or Failpoints.AuditWrites or Failpoints.AuditWritten)).ToList();

        await FaultCase.EachAsync(
            points.Select((hit, index) => (Hit: hit, Index: index)),
            each => $"{operation} asleep at {each.Hit}",
            each => SleepAsync(ground, operation, ground.Ground.Settings.Environments[each.Index + 2], each.Hit, turnsBack: each.Index % 2 == 1),
            Token,
            atOnce: 6);

        await Invariants.EveryArchiveIsWholeAsync(ground.Engine.Backups, Token);
    }

    private static async Task SleepAsync(RestoreGround ground, string operation, string environment, FailpointHit hit, bool turnsBack)
    {
        var engine = ground.Engine;
        var restore = await RestoreCase.AcceptAsync(ground, operation, environment, Token);
        var plan = string.Create(CultureInfo.InvariantCulture, $"{hit.Point}=stop@{hit.Nth}");
        await using var worker = await WorkerProcess.StartAsync(ground.Ground.Settings with { LeaseDuration = Lease }, plan, "run", restore.RunId);
        await worker.StoppedAsync();
        var given = await restore.SettledAsync(Token);
        Assert.Equal(RunState.Interrupted, given.State);
        var isNew = await restore.AssertOldOrNewAsync(Token);

        // The harshest for names: what the sleeper moved aside goes back to where it was, so that its renames would find their sources again.
        await (isNew && turnsBack
            ? restore.FollowAsync("undo-restore", new JsonObject { ["run"] = restore.RunId }, Token)
            : restore.FollowAsync("restore-backup", ground.Request(), Token));
        var state = await ground.StateAsync(environment, Token);

        worker.Resume();
        Assert.True(await worker.ExitAsync() == 0, worker.Output);

        Assert.Equal(state, await ground.StateAsync(environment, Token));
        var after = await engine.FindAsync(restore.RunId);
        Assert.Equal((RunState.Interrupted, given.Message), (after.State, after.Message));
        Assert.Empty(await DatabaseState.BesideAsync(ground.DatabaseOf(environment), "__restore_", Token));
        Assert.Empty(await DatabaseState.BesideAsync(ground.DatabaseOf(environment), "__stray_", Token));
        await Invariants.NothingHoldsAsync(engine, environment, Token);
    }
}
