using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Files;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Faults;

/// <summary>IO1, IO2, IO3 and CK2 of create-backup: the disk is full, does not sync, lies, or the process dies inside a system call.</summary>
public sealed class DiskTests(MongoFixture mongo)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 3, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Names_the_full_disk_and_keeps_earlier_backups_when_any_write_finds_no_space()
    {
        await using var ground = await GroundAsync();

        var tries = await SystemCallFaults.EachAsync(
            "pwrite64", "error=ENOSPC", () => PrepareAsync(ground, Backup.ArchiveAndManifest), async (backup, worker, _) =>
            {
                var run = await AssertFailedAsync(ground, backup, worker);
                Assert.Contains("No space left on device", run.Message, StringComparison.Ordinal);
                Assert.Matches("The volume of .* has [0-9,]+ bytes free", run.Message);
                Assert.Contains("Earlier backups are untouched", run.Message, StringComparison.Ordinal);
            },
            quick: 4);

        Assert.True(tries >= 4, $"Only {tries} writes were made to fail.");
    }

    /// <summary>The copy's disk is full: the backup stands, the run succeeds and says so, and nothing half-made has the copy's name.</summary>
    [Theory]
    [InlineData("pwrite64", "error=ENOSPC", "No space left on device")]
    [InlineData("fsync", "error=EIO", "could not be synced")]
    [InlineData("rename", "error=EIO", "Input/output error")]
    [InlineData("pwrite64", "retval=100000", "is damaged: its SHA-256 is ")]
    public async Task Keeps_the_backup_when_the_disk_of_the_copy_fails(string call, string effect, string sentence)
    {
        await using var ground = await GroundAsync();

        var tries = await SystemCallFaults.EachAsync(
            call, effect, () => PrepareAsync(ground, Backup.CopyAlone), async (backup, worker, _) =>
            {
                var run = await ground.Engine.FindAsync(backup.RunId);
                Assert.True(run.State == RunState.Succeeded, $"The run ended {run.State}: {run.Message} {worker.Output}");
                Assert.Contains(sentence, run.Message, StringComparison.Ordinal);
                await Invariants.EveryArchiveIsWholeAsync(backup.Folder, Token);
                Assert.Equal(2, backup.Folder.List().Count);
                Assert.Empty(FileStates.Leftovers(backup.Copies));
                using var engine = new TestEngine(backup.Settings);
                Assert.False(Assert.Single((await engine.Get<BackupHistory>().ListAsync("staging", Token))[0].Copies).IsGood);
            },
            quick: 2);

        Assert.True(tries >= 1, $"Only {tries} calls were made to fail.");
    }

    [Fact]
    public async Task Fails_the_run_when_any_sync_of_a_file_or_of_the_folder_fails()
    {
        await using var ground = await GroundAsync();

        var tries = await SystemCallFaults.EachAsync(
            "fsync", "error=EIO", () => PrepareAsync(ground, Backup.Everything), async (backup, worker, nth) =>
            {
                // The last sync is that of the pointer: the archive is on the disk by then, and stays.
                var run = await AssertFailedAsync(ground, backup, worker, archiveStays: nth == 5);
                Assert.Contains("could not be synced", run.Message, StringComparison.Ordinal);
            });

        Assert.Equal(5, tries);
    }

    [Fact]
    public async Task Fails_the_run_when_any_rename_fails()
    {
        await using var ground = await GroundAsync();

        var tries = await SystemCallFaults.EachAsync(
            "rename", "error=EIO", () => PrepareAsync(ground, Backup.Everything), (backup, worker, nth) => AssertFailedAsync(ground, backup, worker, archiveStays: nth == 3));

        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task Finds_out_a_disk_that_kept_less_than_it_said()
    {
        await using var ground = await GroundAsync();

        var tries = await SystemCallFaults.EachAsync(
            "pwrite64", "retval=100000", () => PrepareAsync(ground, Backup.ArchiveAlone), (backup, worker, _) => AssertFailedAsync(ground, backup, worker), quick: 2);

        Assert.True(tries >= 2, $"Only {tries} writes lied.");
    }

    [Theory]
    [InlineData("pwrite64")]
    [InlineData("fsync")]
    [InlineData("rename")]
    public async Task Leaves_no_broken_archive_when_the_process_dies_inside_a_system_call(string call)
    {
        await using var ground = await GroundAsync();

        var tries = await SystemCallFaults.EachAsync(
            call, "signal=KILL", () => PrepareAsync(ground, Backup.Everything), async (backup, _, _) =>
            {
                await Invariants.EveryArchiveIsWholeAsync(backup.Folder, Token);
                using var engine = new TestEngine(backup.Settings);
                Assert.Equal(RunState.Interrupted, (await Invariants.RunEndsAsync(engine, backup.RunId, Token)).State);
                Assert.Empty(FileStates.Leftovers(backup.Folder.Path));
                await Invariants.EveryArchiveIsWholeAsync(backup.Folder, Token);
                Assert.NotEmpty(backup.Folder.List());
            },
            quick: 2);

        Assert.True(tries >= 2, $"Only {tries} kills.");
    }

    /// <summary>IO4: of several backups the disk does not give out one, at the Nth read.</summary>
    [Theory]
    [InlineData("archive", 3)]
    [InlineData("compared", 6)]
    public async Task Names_the_backup_that_cannot_be_read_and_proves_the_others_all_the_same(string upTo, int quick)
    {
        await using var ground = await GroundAsync();
        var others = new[] { await ground.BackUpEarlierAsync("staging", TimeSpan.FromHours(3)), await ground.BackUpEarlierAsync("staging", TimeSpan.FromHours(1)) };
        var bad = await ground.BackUpEarlierAsync("staging", TimeSpan.FromHours(2));

        var tries = await SystemCallFaults.EachAsync(
            "pread64",
            "error=EIO",
            async () =>
            {
                var runId = await ground.Engine.AcceptAsync("verify-backup", request: new JsonObject { ["all"] = true, ["upTo"] = upTo });
                return new SystemCallCase(ground.Settings, ["run", runId], [ground.Engine.Backups.PathOf(bad.Archive)], Path.Combine(Path.GetTempPath(), $"strace-{runId}.log"));
            },
            async (each, worker, _) =>
            {
                var run = await ground.Engine.FindAsync(each.Arguments[1]);
                Assert.True(run.State == RunState.Failed, $"The run ended {run.State}: {run.Message} {worker.Output}");
                Assert.Contains($"{bad.Archive} could not be read: ", run.Message, StringComparison.Ordinal);
                Assert.Contains("Input/output error", run.Message, StringComparison.Ordinal);
                Assert.All(others, other => Assert.DoesNotContain(other.Archive, run.Message, StringComparison.Ordinal));
                Assert.Contains("Input/output error", Assert.Single(run.Steps, step => step.State == StepState.Failed).Note, StringComparison.Ordinal);
                var history = ground.Engine.Get<BackupHistory>();
                foreach (var other in others)
                    Assert.Contains((await history.FindAsync(other.Archive, Token))!.Proofs, proof => proof.RunId == run.Id && proof.Succeeded && proof.Rung == (upTo == "archive" ? BackupRung.ArchiveProven : BackupRung.Compared));
                // A disk that does not give it out says nothing about what is in it.
                Assert.True((await history.FindAsync(bad.Archive, Token))!.IsGood);
            },
            quick);

        Assert.True(tries >= 2, $"Only {tries} reads were made to fail.");
    }

    private static async Task<Run> AssertFailedAsync(EngineGround ground, Backup backup, WorkerProcess worker, bool archiveStays = false)
    {
        var run = await ground.Engine.FindAsync(backup.RunId);
        Assert.True(run.State == RunState.Failed, $"The run ended {run.State}: {run.Message} {worker.Output}");
        Invariants.NothingElseChanged(backup.Before, backup.Folder.Path);
        Invariants.LatestLeadsSomewhere(backup.Folder, "staging");
        await Invariants.EveryArchiveIsWholeAsync(backup.Folder, Token);
        Assert.Empty(FileStates.Leftovers(backup.Folder.Path));
        Assert.Equal(archiveStays ? 2 : 1, backup.Folder.List().Count);
        return run;
    }

    private async Task<EngineGround> GroundAsync()
    {
        var ground = await EngineGround.MakeAsync(mongo, Token, EngineGround.WithCopies);
        await ground.FillTargetAsync(documents: 300, bytesOfEach: 8_000, Token);
        return ground;
    }

    /// <summary>A folder with an earlier backup, and a queued run whose file names are known because the clock stands.</summary>
    private static async Task<Backup> PrepareAsync(EngineGround ground, Func<Backup, IReadOnlyList<string>> paths)
    {
        var settings = ground.Settings with
        {
            BackupFolder = Directory.CreateTempSubdirectory("backups-").FullName,
            CopyFolders = [Directory.CreateTempSubdirectory("copies-").FullName],
            LeaseDuration = TimeSpan.FromSeconds(15),
            ClockStandsAt = Now.AddDays(-1),
        };
        using (var yesterday = new TestEngine(settings with { LeaseDuration = TimeSpan.FromSeconds(30) }))
            Assert.Equal(RunState.Succeeded, (await yesterday.RunAsync("create-backup")).State);

        settings = settings with { ClockStandsAt = Now };
        var runId = await ground.Engine.AcceptAsync("create-backup");
        var before = FileStates.Of(settings.BackupFolder, "backup-staging-2*");
        var backup = new Backup(settings, runId, before, []);
        return backup with { Paths = paths(backup) };
    }

    private sealed record Backup(EngineSettings Settings, string RunId, IReadOnlyDictionary<string, string> Before, IReadOnlyList<string> Paths)
        : SystemCallCase(Settings, ["run", RunId], Paths, Path.Combine(Path.GetTempPath(), $"strace-{RunId}.log"))
    {
        private static readonly string Name = BackupFolder.NameOf("staging", Now, compressed: true);

        public string Copies => Settings.CopyFolders[0];

        /// <summary>The archive's copy under its temporary name, and the folder for its renames.</summary>
        public static IReadOnlyList<string> CopyAlone(Backup backup) =>
            [Durable.TemporaryPathOf(Path.Combine(backup.Copies, Name), backup.RunId), Path.Combine(backup.Copies, Name), backup.Copies];

        public BackupFolder Folder => new(Settings.BackupFolder);

        public static IReadOnlyList<string> ArchiveAlone(Backup backup) => [backup.Folder.TemporaryPathOf(Name, backup.RunId)];

        public static IReadOnlyList<string> ArchiveAndManifest(Backup backup) =>
            [.. ArchiveAlone(backup), backup.Folder.TemporaryPathOf(Path.GetFileName(backup.Folder.ManifestPathOf(Name)), backup.RunId)];

        public static IReadOnlyList<string> Everything(Backup backup) =>
            [.. ArchiveAndManifest(backup), backup.Folder.TemporaryPathOf(Path.GetFileName(backup.Folder.LatestPathOf("staging")), backup.RunId), backup.Folder.Path];
    }
}
