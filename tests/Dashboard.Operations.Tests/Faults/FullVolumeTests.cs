using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Operations.Tests.Backups.Restoring;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Faults;

/// <summary>IO5: one of the volumes has no free byte, and backups are made, proven and restored all the same or say which volume is full.</summary>
public sealed class FullVolumeTests(MongoFixture mongo)
{
    private const string Backups = "backups";
    private const string Copies = "copies";
    private const string Temporary = "temporary files";

    /// <summary>Volume, operation, how it ends, and what it says of it.</summary>
    private static readonly (string Volume, string Operation, RunState End, string Sentence)[] Cases =
    [
        (Backups, "create-backup", RunState.Failed, "No space left on device"),
        (Backups, "restore-backup", RunState.Failed, "There is no safety backup, so nothing was changed. "),
        (Backups, "verify-backup", RunState.Succeeded, "equal to what was dumped"),
        (Copies, "create-backup", RunState.Succeeded, "to place-1 failed: No space left on device"),
        (Copies, "restore-backup", RunState.Succeeded, "is entirely the new one"),
        (Copies, "verify-backup", RunState.Succeeded, "equal to what was dumped"),
        (Temporary, "create-backup", RunState.Succeeded, " documents, "),
        (Temporary, "restore-backup", RunState.Succeeded, "is entirely the new one"),
        (Temporary, "verify-backup", RunState.Succeeded, "equal to what was dumped"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Says_which_volume_is_full_or_does_not_need_it_and_keeps_earlier_backups_and_the_database()
    {
        await using var ground = await RestoreGround.MakeAsync(mongo, Token, EngineGround.WithCopies);

        // One after the other: the volume's content is put back into the folder that all of them share.
        for (var index = 0; index < Cases.Length; index++)
        {
            var (each, environment) = (Cases[index], ground.Ground.Settings.Environments[index + 1]);
            await FaultCase.NamedAsync($"{each.Operation} with a full volume of {each.Volume}", () => FillAsync(ground, environment, each));
        }
    }

    private static async Task FillAsync(RestoreGround ground, string environment, (string Volume, string Operation, RunState End, string Sentence) each)
    {
        var (settings, engine) = (ground.Ground.Settings, ground.Engine);
        var old = await ground.FillOldAsync(environment, Token);
        if (each.Operation == "verify-backup")
            await ground.BackUpAsync(environment);
        var runId = each.Operation == "restore-backup"
            ? await engine.ConfirmAsync(each.Operation, environment, ground.Request())
            : await engine.AcceptAsync(each.Operation, environment, each.Operation == "verify-backup" ? new JsonObject { ["all"] = true } : null);
        var temporary = Path.Combine(ground.Ground.Folder, "temporary");
        Directory.CreateDirectory(temporary);
        var (backups, copies) = (FileStates.Of(settings.BackupFolder), FileStates.Of(settings.CopyFolders[0]));
        var full = each.Volume switch { Backups => settings.BackupFolder, Copies => settings.CopyFolders[0], _ => temporary };

        await using var worker = await FullVolume.RunAsync(settings, full, temporary, "run", runId);

        var run = await engine.FindAsync(runId);
        Assert.True(run.State == each.End, $"The run ended {run.State}: {run.Message} {worker.Output}");
        Assert.Contains(each.Sentence, run.Message, StringComparison.Ordinal);
        if (each.End == RunState.Failed)
        {
            Assert.Contains("No space left on device", run.Message, StringComparison.Ordinal);
            Assert.Matches($"The volume of {settings.BackupFolder} has [0-9,]+ bytes free", run.Message);
        }

        Invariants.NothingElseChanged(backups, settings.BackupFolder);
        Invariants.NothingElseChanged(copies, settings.CopyFolders[0]);
        await Invariants.EveryArchiveIsWholeAsync(engine.Backups, Token);
        Assert.Empty(FileStates.Leftovers(settings.BackupFolder));
        Assert.Empty(FileStates.Leftovers(settings.CopyFolders[0]));
        await Invariants.NothingHoldsAsync(engine, environment, Token);
        Assert.Equal(each is { Operation: "restore-backup", End: RunState.Succeeded } ? ground.New : old, await ground.StateAsync(environment, Token));
        if (each.Operation == "create-backup" && each.End == RunState.Succeeded)
        {
            var entry = Assert.Single(await engine.Get<BackupHistory>().ListAsync(environment, Token));
            Assert.Equal(each.Volume != Copies, Assert.Single(entry.Copies).IsGood);
        }
    }
}
