using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Faults;

/// <summary>DL2: a worker is stopped by SIGSTOP at a failpoint until its lease has lapsed and another has taken over, and then wakes.</summary>
public sealed class PauseTests(MongoFixture mongo)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The operation, and how many of its failpoints are tried when not in full.</summary>
    public static TheoryData<string, int> Operations => new() { { "ledger-operation", 6 }, { "create-backup", 8 }, { "prune-backups", 4 } };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Refuses_every_later_write_of_a_worker_that_slept_through_its_lease(string operation, int quick)
    {
        await using var ground = await EngineGround.MakeAsync(
            mongo, Token, settings => FaultSubjects.Settings(settings) with { LedgerRefusesOldTokens = true });
        await ground.FillTargetAsync(documents: 50, bytesOfEach: 1_000, Token);
        var points = FaultCounts.Some(await PointsUnderTheLeaseAsync(ground, operation), quick);
        var cases = points.Select((hit, index) => (Hit: hit, Environment: ground.Settings.Environments[index + 1]));

        await FaultCase.EachAsync(cases, each => $"{operation} stopped at {each.Hit}", each => PauseAtAsync(ground, operation, each.Environment, each.Hit), Token, atOnce: 6);

        await Invariants.EachEffectAtMostOnceAsync(ground.Engine.Ledger, Token);
        await Invariants.NoEffectOfAnOldHolderAsync(ground.Engine.Ledger, Token);
        await Invariants.EveryArchiveIsWholeAsync(ground.Engine.Backups, Token);
        Assert.Empty(FileStates.Leftovers(ground.Settings.BackupFolder));
    }

    /// <summary>From the moment of the lease to the outcome: before it there is nothing to lose, after it nothing to write.</summary>
    private static async Task<IReadOnlyList<FailpointHit>> PointsUnderTheLeaseAsync(EngineGround ground, string operation)
    {
        var (engine, environment) = (ground.Engine, ground.Settings.Environments[0]);
        await FaultSubjects.PrepareAsync(ground, operation, environment);
        var runId = await engine.AcceptAsync(operation, environment, confirm: FaultSubjects.ConfirmOf(operation, environment));
        using var hook = FailpointHook.Install();
        await engine.Runner.RunAsync(runId, Token);
        return [.. hook.Hits.SkipWhile(hit => hit.Point != Failpoints.LeaseTaken).TakeWhile(hit => hit.Point != Failpoints.LeaseReleases)];
    }

    private static async Task PauseAtAsync(EngineGround ground, string operation, string environment, FailpointHit hit)
    {
        var engine = ground.Engine;
        await FaultSubjects.PrepareAsync(ground, operation, environment);
        var sleeper = await engine.AcceptAsync(operation, environment, confirm: FaultSubjects.ConfirmOf(operation, environment));
        var plan = string.Create(CultureInfo.InvariantCulture, $"{hit.Point}=stop@{hit.Nth}");
        await using var worker = await WorkerProcess.StartAsync(ground.Settings with { LeaseDuration = Lease }, plan, "run", sleeper);
        await worker.StoppedAsync();

        var given = await Invariants.RunEndsAsync(engine, sleeper, Token);
        Assert.Equal(RunState.Interrupted, given.State);
        var follower = await engine.RunAsync(operation, environment, operation == "ledger-operation" ? new JsonObject { ["steps"] = 2 } : null, FaultSubjects.ConfirmOf(operation, environment));
        Assert.Equal(RunState.Succeeded, follower.State);
        var effects = await engine.Ledger.EffectsAsync(sleeper, Token);
        var backups = FileStates.Of(ground.Settings.BackupFolder, $"backup-{environment}-2*");

        worker.Resume();
        Assert.True(await worker.ExitAsync() == 0, worker.Output);

        var after = await engine.FindAsync(sleeper);
        Assert.Equal(RunState.Interrupted, after.State);
        Assert.Equal(given.Message, after.Message);
        Assert.True(after.RefusedWrites > 0, "No refusal was counted.");
        Assert.Equal(effects.Count, (await engine.Ledger.EffectsAsync(sleeper, Token)).Count);
        Assert.Equal(backups, FileStates.Of(ground.Settings.BackupFolder, $"backup-{environment}-2*"));
        await Invariants.NothingHoldsAsync(engine, environment, Token);
    }
}
