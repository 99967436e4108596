using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;

namespace Dashboard.Operations.Tests.Faults;

/// <summary>What each operation needs before it can be disturbed in an environment.</summary>
internal static class FaultSubjects
{
    /// <summary>Two copies of everything, and an environment for each case.</summary>
    public static EngineSettings Settings(EngineSettings settings) => EngineGround.ManyEnvironments(EngineGround.WithCopies(settings));

    public static string? ConfirmOf(string operation, string environment) => operation == "prune-backups" ? environment : null;

    /// <summary>What it ends with when nothing disturbs it: the address of the tests' environments answers to nobody.</summary>
    public static RunState EndOf(string operation) => operation == "check-health" ? RunState.Failed : RunState.Succeeded;

    public static async Task PrepareAsync(EngineGround ground, string operation, string environment)
    {
        if (operation is "prune-backups")
        {
            // Made with a long retention, so that the second backup's own last step leaves the first.
            using var patient = new TestEngine(
                ground.Settings with { Migration = ground.Settings.Migration with { BackupRetention = TimeSpan.FromDays(365) } }, time: new ShiftedTime(TimeSpan.FromDays(-9)));
            await BackUpAsync(patient, environment);
            using var now = new TestEngine(patient.Settings);
            await BackUpAsync(now, environment);
        }

        if (operation is "create-backup" or "verify-backup")
            await BackUpAsync(ground.Engine, environment);
    }

    public static Task<Run> RunAsync(TestEngine engine, string operation, string environment) =>
        engine.RunAsync(operation, environment, confirm: ConfirmOf(operation, environment));

    private static async Task BackUpAsync(TestEngine engine, string environment)
    {
        var run = await engine.RunAsync("create-backup", environment);
        Assert.True(run.State == RunState.Succeeded, run.Message);
    }
}
