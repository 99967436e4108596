using System.Globalization;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Backups.Holders;

/// <summary>Copies that are damaged, gone or out of reach, a volume without room, a fetch that is killed or cancelled.</summary>
public sealed partial class BackupFetchTests
{
    [Theory]
    [InlineData("changed", "in place-1 is damaged: its SHA-256 is ")]
    [InlineData("cut off", "in place-1 is damaged: it has ")]
    [InlineData("longer", "in place-1 is damaged: it has more than its ")]
    [InlineData("gone", "is gone from place-1.")]
    [InlineData("unreadable", "in place-1 cannot be read: ")]
    public async Task Names_the_place_whose_copy_is_not_the_file_and_takes_the_next_one(string fault, string sentence)
    {
        await using var two = await TwoMachines.MakeAsync(mongo, TwoMachines.WithTwoPlaces);
        var manifest = await two.One.BackUpAsync();
        Break(two.CopyOf(manifest.Archive), fault);

        var run = await two.VerifyOnOtherAsync(manifest.Archive);

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Equal((StepState.Failed, $"Fetch {manifest.Archive} from place-1"), (run.Steps[0].State, run.Steps[0].Title));
        Assert.Contains(sentence, run.Steps[0].Note, StringComparison.Ordinal);
        Assert.Equal((StepState.Succeeded, $"Fetch {manifest.Archive} from place-2"), (run.Steps[1].State, run.Steps[1].Title));
        Assert.Empty(FileStates.Leftovers(two.Others.BackupFolder));
    }

    [Fact]
    public async Task Says_of_every_place_what_was_wrong_and_leaves_nothing_when_none_has_it_whole()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, TwoMachines.WithTwoPlaces);
        var manifest = await two.One.BackUpAsync();
        BackupGround.Damage(two.CopyOf(manifest.Archive));
        using (var half = new FileStream(two.CopyOf(manifest.Archive, place: 1), FileMode.Open))
            half.SetLength(manifest.Bytes / 2);

        var run = await two.VerifyOnOtherAsync(manifest.Archive);

        Assert.Equal(RunState.Failed, run.State);
        Assert.StartsWith($"{manifest.Archive} could not be fetched: The copy of {manifest.Archive} in place-1 is damaged: its SHA-256 is ", run.Message, StringComparison.Ordinal);
        Assert.Contains($"The copy of {manifest.Archive} in place-2 is damaged: it has ", run.Message, StringComparison.Ordinal);
        Assert.EndsWith(" Nothing was verified.", run.Message, StringComparison.Ordinal);
        Assert.Equal(["folder-id"], FileStates.Of(two.Others.BackupFolder).Keys.DefaultIfEmpty("folder-id"));
        Assert.All((await two.SeenByOtherAsync(manifest.Archive))!.Copies, copy => Assert.Equal(CopyState.Damaged, copy.State));
    }

    [Fact]
    public async Task The_plan_of_a_restore_reads_the_next_place_when_the_first_holds_no_archive_and_names_both_when_none_does()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, TwoMachines.WithTwoPlaces);
        var manifest = await two.One.BackUpAsync();
        await File.WriteAllTextAsync(two.CopyOf(manifest.Archive), "no archive", Token);

        var run = await two.Other.RunConfirmedAsync("restore-backup", request: Named(manifest));
        File.Delete(two.Other.Backups.PathOf(manifest.Archive));
        await File.WriteAllTextAsync(two.CopyOf(manifest.Archive, place: 1), "no archive", Token);
        var block = Assert.Single((await PlanAsync(two.Other, "restore-backup", Named(manifest))).Blocks);

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Equal([StepState.Failed, StepState.Succeeded], run.Steps.Take(2).Select(step => step.State));
        Assert.StartsWith($"The copy of {manifest.Archive} in place-2 cannot be read: ", block.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_a_bucket_is_down_and_what_it_was_asked_for()
    {
        await using var server = await S3Server.StartAsync();
        await using var two = await TwoMachines.MakeAsync(mongo, configure: Bucket(server));
        var manifest = await two.One.BackUpAsync();
        await CopyToBucketAsync(two, server);
        await server.StopAsync();

        var run = await two.VerifyOnOtherAsync(manifest.Archive);

        Assert.Equal(RunState.Failed, run.State);
        Assert.StartsWith($"{manifest.Archive} could not be fetched: The copy of {manifest.Archive} in bucket cannot be read: bucket backups/dashboard/ cannot be reached: ", run.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await two.SeenByOtherAsync(manifest.Archive))?.CopiesThere.Count);
    }

    [Theory]
    [InlineData("restore-backup")]
    [InlineData("verify-backup")]
    [InlineData("roll-back")]
    public async Task Refuses_what_lies_on_another_machine_alone_with_its_name_and_what_to_do(string operation)
    {
        await using var two = await TwoMachines.MakeAsync(mongo);
        var manifest = await two.One.BackUpAsync();
        var request = Named(manifest);
        if (operation == "roll-back")
            request["type"] = "database";

        var sentence = operation == "verify-backup"
            ? (await two.Other.RunAsync(operation, request: request, stopping: Token)).Message
            : Assert.Single((await PlanAsync(two.Other, operation, request)).Blocks).Note;

        Assert.StartsWith($"{manifest.Archive} lies on the machine {Environment.MachineName} ({two.One.Settings.BackupFolder}, last heard of ", sentence, StringComparison.Ordinal);
        Assert.Contains("No place has a copy of it: run the operation on that machine's command line, or configure 'copies', from which every machine can fetch it.", sentence, StringComparison.Ordinal);
        Assert.False(Directory.Exists(two.Others.BackupFolder));
    }

    [Fact]
    public async Task Looks_whether_the_volume_has_room_before_it_begins()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var manifest = await two.One.BackUpAsync();
        var runId = await two.Other.AcceptAsync("verify-backup", request: Named(manifest));
        var temporary = Path.Combine(two.One.Folder, "temporary");
        Directory.CreateDirectory(temporary);

        await using var worker = await FullVolume.RunAsync(two.Others, two.Others.BackupFolder, temporary, "run", runId);

        var run = await two.Other.FindAsync(runId);
        Assert.Equal((RunState.Failed, 0), (run.State, run.Steps.Count));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"The volume of {two.Others.BackupFolder} has 0 bytes free and {manifest.Bytes:N0} are needed."), run.Message, StringComparison.Ordinal);
    }

    /// <summary>Killed while the content is written, between manifest and archive, and right after both.</summary>
    [Theory]
    [InlineData("file.writes=kill@1")]
    [InlineData("file.published=kill@1")]
    [InlineData("file.named=kill@2")]
    [InlineData("file.published=kill@2")]
    public async Task A_fetch_that_is_killed_leaves_nothing_half_and_the_next_one_succeeds(string kill)
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var manifest = await two.One.BackUpAsync();
        var runId = await two.Other.AcceptAsync("verify-backup", request: Named(manifest));

        await using var worker = await WorkerProcess.StartAsync(two.Others with { LeaseDuration = TimeSpan.FromSeconds(5) }, kill, "run", runId);
        Assert.True(await worker.ExitAsync() == 137, $"The worker was not killed: {worker.Output}");
        await Invariants.RunEndsAsync(two.Other, runId, Token);

        Assert.Empty(FileStates.Leftovers(two.Others.BackupFolder));
        Assert.Empty(two.Other.Backups.Unfinished());
        await Invariants.EveryArchiveIsWholeAsync(two.Other.Backups, Token);
        Assert.Equal(RunState.Succeeded, (await two.VerifyOnOtherAsync(manifest.Archive)).State);
    }

    /// <summary>The manifest is that of a run which ended long ago, and a clean-up beside must not take it for a leftover.</summary>
    [Fact]
    public async Task The_manifest_belongs_to_the_run_that_fetches_until_the_archive_is_there()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var manifest = await two.One.BackUpAsync();
        var runId = await two.Other.AcceptAsync("verify-backup", request: Named(manifest));
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Failpoints.FilePublishes, nth: 2);
        var running = two.Other.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();

        var cleared = two.Other.Backups.Clear(id => id != runId);
        pause.Release();

        Assert.Empty(cleared);
        Assert.Equal(RunState.Succeeded, (await running)?.State);
    }

    [Fact]
    public async Task A_cancel_leaves_nothing()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var manifest = await two.One.BackUpAsync();
        var runId = await two.Other.AcceptAsync("verify-backup", request: Named(manifest));
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Failpoints.FileWrites);
        var running = two.Other.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();
        await two.One.CancelAndBeSeenAsync(runId);
        pause.Release();

        Assert.Equal(RunState.Cancelled, (await running)?.State);
        Assert.Empty(Directory.EnumerateFiles(two.Others.BackupFolder));
    }

    private static void Break(string copy, string fault)
    {
        using var file = fault is "cut off" or "longer" ? new FileStream(copy, FileMode.Open) : null;
        switch (fault)
        {
            case "changed":
                BackupGround.Damage(copy);
                break;
            case "cut off":
                file?.SetLength(file.Length / 2);
                break;
            case "longer":
                file?.SetLength(file.Length + 1);
                break;
            default:
                File.Delete(copy);
                if (fault == "unreadable")
                    Directory.CreateDirectory(copy);
                break;
        }
    }
}
