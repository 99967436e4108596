using System.Globalization;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Operations.Tests.Backups;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Faults;

/// <summary>CK1: SIGKILL at every arrival at a failpoint.</summary>
public sealed class KillTests(MongoFixture mongo)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The operation, and how many of its kill points are tried when not in full.</summary>
    public static TheoryData<string, int> Operations => new() { { "create-backup", 14 }, { "verify-backup", 8 }, { "prune-backups", 8 }, { "ledger-operation", 8 }, { "check-health", 4 } };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Holds_the_invariants_when_it_is_killed_anywhere(string operation, int quick)
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token, FaultSubjects.Settings);
        await ground.FillTargetAsync(documents: 200, bytesOfEach: 2_000, Token);
        var points = FaultCounts.Some(await ReferenceRunAsync(ground, operation), quick);
        var cases = points.Select((hit, index) => new Kill(operation, ground.Settings.Environments[index + 1], hit));

        await FaultCase.EachAsync(cases, kill => kill.ToString(), kill => KillAsync(ground, kill), Token, atOnce: 6);

        await Invariants.EachEffectAtMostOnceAsync(ground.Engine.Ledger, Token);
        await Invariants.EveryEffectWasAnnouncedAsync(ground.Engine, Token);
        await Invariants.EveryArchiveIsWholeAsync(ground.Engine.Backups, Token);
        Assert.Empty(FileStates.Leftovers(ground.Settings.BackupFolder));
    }

    private static async Task<IReadOnlyList<FailpointHit>> ReferenceRunAsync(EngineGround ground, string operation)
    {
        var (engine, environment) = (ground.Engine, ground.Settings.Environments[0]);
        await FaultSubjects.PrepareAsync(ground, operation, environment);
        var runId = await engine.AcceptAsync(operation, environment, confirm: FaultSubjects.ConfirmOf(operation, environment));
        using var hook = FailpointHook.Install();
        var run = await engine.Runner.RunAsync(runId, Token);
        Assert.NotNull(run?.FinishedAt);
        Assert.NotEmpty(hook.Hits);
        return hook.Hits;
    }

    private static async Task KillAsync(EngineGround ground, Kill kill)
    {
        var engine = ground.Engine;
        await FaultSubjects.PrepareAsync(ground, kill.Operation, kill.Environment);
        var before = BackupsOf(ground, kill);

        var runId = await engine.AcceptAsync(kill.Operation, kill.Environment, confirm: FaultSubjects.ConfirmOf(kill.Operation, kill.Environment));
        var plan = string.Create(CultureInfo.InvariantCulture, $"{kill.Hit.Point}=kill@{kill.Hit.Nth}");
        await using var worker = await WorkerProcess.StartAsync(ground.Settings with { LeaseDuration = Lease }, plan, "run", runId);
        Assert.True(await worker.ExitAsync() == 137, $"The worker was not killed: {worker.Output}");
        await Invariants.EveryArchiveIsWholeAsync(engine.Backups, kill.Environment, Token);

        // The job store delivers again: before the claim this runs the body, after it never.
        await engine.Runner.RunAsync(runId, Token);
        var ended = await Invariants.RunEndsAsync(engine, runId, Token);
        if (kill.Hit.Point != Failpoints.RunClaims && !IsAfterTheEnd(kill.Hit))
            Assert.Equal(RunState.Interrupted, ended.State);
        Assert.DoesNotContain(await ground.ScratchDatabasesAsync(), name => name.Contains(runId, StringComparison.Ordinal));
        Assert.DoesNotContain(FileStates.Leftovers(ground.Settings.BackupFolder), name => name.Contains(runId, StringComparison.Ordinal));
        await AssertEnvironmentWorksAsync(ground, kill, before);
    }

    private static async Task AssertEnvironmentWorksAsync(EngineGround ground, Kill kill, IReadOnlyDictionary<string, string> before)
    {
        Invariants.NothingElseChanged(before, ground.Settings.BackupFolder);
        Invariants.LatestLeadsSomewhere(ground.Engine.Backups, kill.Environment);
        await Eventually.TrueAsync(
            async () =>
            {
                // Killed between the run's end and the lease's release, the lease has to lapse.
                return await ground.Engine.Leases.HolderAsync(kill.Environment, Token) is null;
            },
            "the environment is free");

        var again = await FaultSubjects.RunAsync(ground.Engine, kill.Operation, kill.Environment);
        Assert.Equal(FaultSubjects.EndOf(kill.Operation), again.State);
        Assert.DoesNotContain(await ground.ScratchDatabasesAsync(), name => name.Contains(again.Id, StringComparison.Ordinal));
        if (kill.Operation == "prune-backups")
            Assert.Single(ground.Engine.Backups.List(kill.Environment));
    }

    /// <summary>What must stay as it is: without the pointer, which a killed run may or may not have moved on, and without what pruning may take.</summary>
    private static IReadOnlyDictionary<string, string> BackupsOf(EngineGround ground, Kill kill) => kill.Operation == "prune-backups"
        ? FileStates.Of(ground.Settings.BackupFolder, $"{ground.Engine.Backups.List(kill.Environment)[0].Archive}*")
        : FileStates.Of(ground.Settings.BackupFolder, $"backup-{kill.Environment}-2*");

    private static bool IsAfterTheEnd(FailpointHit hit) =>
        hit.Point is Failpoints.RunFinished or Failpoints.LeaseReleases or Failpoints.LeaseReleased or Failpoints.AuditWrites or Failpoints.AuditWritten;

    private sealed record Kill(string Operation, string Environment, FailpointHit Hit);
}
