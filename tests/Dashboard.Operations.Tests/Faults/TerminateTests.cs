using System.Globalization;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Operations.Tests.Backups;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Faults;

/// <summary>CK4: SIGTERM while any step of a backup operation runs.</summary>
public sealed class TerminateTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("create-backup")]
    [InlineData("verify-backup")]
    [InlineData("prune-backups")]
    public async Task Stops_within_30_seconds_at_every_step_and_leaves_nothing_half_done(string operation)
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token, FaultSubjects.Settings);
        await ground.FillTargetAsync(documents: 100, bytesOfEach: 1_000, Token);
        var cases = (await StepsAsync(ground, operation)).Select((step, index) => (Step: step, Nth: index + 1, Environment: ground.Settings.Environments[index + 1]));

        await FaultCase.EachAsync(
            cases, each => $"{operation} told to stop in '{each.Step}'", each => TerminateAsync(ground, operation, each.Environment, each.Nth), Token, atOnce: 4);

        await Invariants.EveryArchiveIsWholeAsync(ground.Engine.Backups, Token);
        Assert.Empty(FileStates.Leftovers(ground.Settings.BackupFolder));
        Assert.Empty(FileStates.Leftovers(ground.Settings.CopyFolders[0]));
        Assert.Empty(await ground.ScratchDatabasesAsync());
    }

    private static async Task<IReadOnlyList<string>> StepsAsync(EngineGround ground, string operation)
    {
        var environment = ground.Settings.Environments[0];
        await FaultSubjects.PrepareAsync(ground, operation, environment);
        var run = await FaultSubjects.RunAsync(ground.Engine, operation, environment);
        Assert.Equal(RunState.Succeeded, run.State);
        return [.. run.Steps.Select(step => step.Title)];
    }

    private static async Task TerminateAsync(EngineGround ground, string operation, string environment, int nth)
    {
        await FaultSubjects.PrepareAsync(ground, operation, environment);
        var runId = await ground.Engine.AcceptAsync(operation, environment, confirm: FaultSubjects.ConfirmOf(operation, environment));
        var plan = string.Create(CultureInfo.InvariantCulture, $"{Failpoints.StepBegun}=stop@{nth}");
        await using var worker = await WorkerProcess.StartAsync(ground.Settings, plan, "run", runId);
        await worker.StoppedAsync();

        worker.Shutdown();
        worker.Resume();

        Assert.True(await worker.ExitAsync(TimeSpan.FromSeconds(30)) == 0, worker.Output);
        var run = await ground.Engine.FindAsync(runId);
        Assert.Contains(run.State, new[] { RunState.Interrupted, RunState.Succeeded });
        if (run.State == RunState.Interrupted)
            Assert.StartsWith("The dashboard was stopped while it ran. It was in step ", run.Message, StringComparison.Ordinal);
        await Invariants.NothingHoldsAsync(ground.Engine, environment, Token);
        Assert.Equal(RunState.Succeeded, (await FaultSubjects.RunAsync(ground.Engine, operation, environment)).State);
    }
}
