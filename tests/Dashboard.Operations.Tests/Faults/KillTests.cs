using System.Globalization;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Faults;

/// <summary>CK1: SIGKILL at every arrival at a failpoint.</summary>
public sealed class KillTests(MongoFixture mongo) : IClassFixture<MongoFixture>
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The operation, and how many of its kill points are tried when not in full.</summary>
    public static TheoryData<string, int> Operations => new() { { "create-backup", 14 }, { "ledger-operation", 8 }, { "check-health", 4 } };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Holds_the_invariants_when_it_is_killed_anywhere(string operation, int quick)
    {
        var points = await ReferenceRunAsync(operation);

        await Parallel.ForEachAsync(
            FaultCounts.Some(points, quick),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token },
            async (hit, _) => await KillAtAsync(operation, hit));
    }

    private async Task<IReadOnlyList<FailpointHit>> ReferenceRunAsync(string operation)
    {
        using var ground = await GroundAsync();
        var runId = await ground.Engine.AcceptAsync(operation);
        using var hook = FailpointHook.Install();
        var run = await ground.Engine.Runner.RunAsync(runId, Token);
        Assert.NotNull(run?.FinishedAt);
        Assert.NotEmpty(hook.Hits);
        return hook.Hits;
    }

    private async Task KillAtAsync(string operation, FailpointHit hit)
    {
        using var ground = await GroundAsync();
        var engine = ground.Engine;
        if (operation == "create-backup")
            Assert.Equal(RunState.Succeeded, (await engine.RunAsync(operation)).State);
        var before = FileStates.Of(ground.Settings.BackupFolder);

        var runId = await engine.AcceptAsync(operation);
        await using var worker = await WorkerProcess.StartAsync(
            ground.Settings, string.Create(CultureInfo.InvariantCulture, $"{hit.Point}=kill@{hit.Nth}"), "run", runId);
        Assert.Equal(137, await worker.ExitAsync());

        await AssertInvariantsAsync(ground, operation, runId, before, hit);
    }

    private static async Task AssertInvariantsAsync(
        EngineGround ground, string operation, string runId, IReadOnlyDictionary<string, string> before, FailpointHit hit)
    {
        var engine = ground.Engine;
        await Invariants.EveryArchiveIsWholeAsync(engine.Backups, Token);

        // The job store delivers again: before the claim this runs the body, after it never.
        await engine.Runner.RunAsync(runId, Token);
        var ended = await Invariants.RunEndsAsync(engine, runId, Token);
        if (hit.Point != Failpoints.RunClaims && hit.Point != Failpoints.RunFinished)
            Assert.Equal(RunState.Interrupted, ended.State);
        await Invariants.EachEffectAtMostOnceAsync(engine.Ledger, Token);
        await Invariants.EveryEffectWasAnnouncedAsync(engine, Token);
        await Invariants.NothingHoldsAsync(engine, "staging", Token);
        Assert.Empty(FileStates.Leftovers(ground.Settings.BackupFolder));
        Invariants.NothingElseChanged(before.Where(file => !file.Key.Contains("latest", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal), ground.Settings.BackupFolder);
        Invariants.LatestLeadsSomewhere(engine.Backups, "staging");

        var again = await engine.RunAsync(operation);
        Assert.NotEqual(RunState.Interrupted, again.State);
        await Invariants.EveryArchiveIsWholeAsync(engine.Backups, Token);
    }

    private async Task<EngineGround> GroundAsync()
    {
        var ground = await EngineGround.MakeAsync(mongo, Token, settings => settings with { LeaseDuration = Lease });
        await ground.FillTargetAsync(documents: 200, bytesOfEach: 2_000, Token);
        return ground;
    }
}
