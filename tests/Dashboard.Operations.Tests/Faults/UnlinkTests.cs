using Dashboard.Operations.Backups;
using Dashboard.Operations.Files;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Faults;

/// <summary>CK2 for unlink: the process dies while it deletes a file of the backup folder or of the folder of copies.</summary>
public sealed class UnlinkTests(MongoFixture mongo)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 3, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("create-backup", Deletions.Temporary)]
    [InlineData("create-backup", Deletions.Due)]
    [InlineData("prune-backups", Deletions.Due)]
    public async Task Keeps_the_proven_backup_and_leaves_nothing_half_deleted_when_the_process_dies_at_an_unlink(string operation, Deletions deletions)
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token, FaultSubjects.Settings);
        await ground.FillTargetAsync(documents: 20, bytesOfEach: 1_000, Token);
        var killed = new List<Deletion>();

        var tries = await SystemCallFaults.EachAsync(
            "unlink", "signal=KILL", () => PrepareAsync(ground, operation, deletions, killed.Count), async (deletion, _, _) =>
            {
                await Invariants.EveryArchiveIsWholeAsync(ground.Engine.Backups, deletion.Environment, Token);
                killed.Add(deletion);
            },
            quick: 2);

        Assert.True(tries >= 2, $"Only {tries} deletions were met.");

        // Every lease has to lapse first, so they are waited for together.
        await FaultCase.EachAsync(killed, deletion => $"{operation} killed at its unlink {killed.IndexOf(deletion) + 1}", deletion => AssertSeenToAsync(ground, operation, deletion), Token);
    }

    private static async Task AssertSeenToAsync(EngineGround ground, string operation, Deletion deletion)
    {
        var engine = ground.Engine;
        Assert.Equal(RunState.Interrupted, (await Invariants.RunEndsAsync(engine, deletion.RunId, Token)).State);
        await Eventually.TrueAsync(
            async () =>
            {
                await engine.Watch.SweepAsync(Token);
                return (await engine.FindAsync(deletion.RunId)).RecoveredAt is not null;
            },
            "what the run left is seen to");
        Assert.DoesNotContain(FileStates.Leftovers(ground.Settings.BackupFolder), name => name.Contains(deletion.RunId, StringComparison.Ordinal));
        await AssertProvenStaysAsync(ground, deletion);

        using var next = new TestEngine(ground.Settings with { ClockStandsAt = Now.AddHours(1) });
        Assert.Equal(RunState.Succeeded, (await FaultSubjects.RunAsync(next, operation, deletion.Environment)).State);

        await AssertProvenStaysAsync(ground, deletion);
        Assert.Empty(FileStates.Of(ground.Settings.BackupFolder, $".backup-{deletion.Environment}-*"));
        Assert.All(deletion.Due, path => Assert.False(File.Exists(path), $"{path} was due and is still there."));
        var left = FileStates.Of(ground.Settings.BackupFolder, $"backup-{deletion.Environment}-*.manifest.json").Keys.Select(name => name[..^".manifest.json".Length]);
        Assert.All(left, archive => Assert.True(File.Exists(engine.Backups.PathOf(archive)), $"The manifest of {archive} was left alone."));
    }

    private static async Task AssertProvenStaysAsync(EngineGround ground, Deletion deletion)
    {
        Invariants.NothingElseChanged(deletion.Proven, ground.Settings.BackupFolder);
        Invariants.NothingElseChanged(deletion.Proven, ground.Settings.CopyFolders[0]);
        await Invariants.EveryArchiveIsWholeAsync(ground.Engine.Backups, deletion.Environment, Token);
        var entries = await ground.Engine.Get<BackupHistory>().ListAsync(deletion.Environment, Token);
        Assert.Contains(Assert.Single(entries, entry => entry.IsLastProven).Manifest.Archive, deletion.Proven.Keys);
    }

    /// <summary>A backup that is due, a newer one that is proven to restore, and a file that a run long gone left; the clock stands, so that names are known.</summary>
    private static async Task<Deletion> PrepareAsync(EngineGround ground, string operation, Deletions deletions, int index)
    {
        var environment = ground.Settings.Environments[index];
        var old = await BackUpAsync(ground, environment, Now.AddDays(-9), prove: false);
        var proven = await BackUpAsync(ground, environment, Now.AddDays(-1), prove: true);
        var settings = ground.Settings with { ClockStandsAt = Now, LeaseDuration = TimeSpan.FromSeconds(12) };
        using var engine = new TestEngine(settings);
        var leftover = ground.Engine.Backups.TemporaryPathOf(BackupFolder.NameOf(environment, Now.AddDays(-2), compressed: true), ObjectId.GenerateNewId().ToString());
        await File.WriteAllTextAsync(leftover, "half a backup", Token);
        var runId = await engine.AcceptAsync(operation, environment, confirm: FaultSubjects.ConfirmOf(operation, environment));
        IReadOnlyList<string> due = [.. FilesOf(settings.BackupFolder, old), .. FilesOf(settings.CopyFolders[0], old)];
        return new Deletion(
            settings,
            environment,
            runId,
            due,
            FileStates.Of(settings.BackupFolder, $"{proven}*"),
            deletions == Deletions.Due ? [.. FaultCounts.IsFull ? due.Append(leftover) : due.Take(2)] : [leftover, .. OwnLeftovers(settings, environment, runId)]);
    }

    /// <summary>With a long retention, so that the second backup's own last step leaves the first.</summary>
    private static async Task<string> BackUpAsync(EngineGround ground, string environment, DateTimeOffset at, bool prove)
    {
        using var engine = new TestEngine(ground.Settings with { ClockStandsAt = at, Migration = ground.Settings.Migration with { BackupRetention = TimeSpan.FromDays(365) } });
        var run = await engine.RunAsync("create-backup", environment);
        Assert.True(run.State == RunState.Succeeded, run.Message);
        if (prove)
            Assert.Equal(RunState.Succeeded, (await engine.RunAsync("verify-backup", environment)).State);
        return BackupFolder.NameOf(environment, at, compressed: true);
    }

    private static IReadOnlyList<string> FilesOf(string folder, string archive) => [Path.Combine(folder, archive), Path.Combine(folder, archive + ".manifest.json")];

    /// <summary>What the run itself writes first under another name, and clears away whether it is there or not.</summary>
    private static IEnumerable<string> OwnLeftovers(EngineSettings settings, string environment, string runId)
    {
        var folder = new BackupFolder(settings.BackupFolder);
        var archive = BackupFolder.NameOf(environment, Now, compressed: true);
        return
        [
            .. FilesOf(settings.BackupFolder, archive).Append(folder.LatestPathOf(environment)).Select(path => Durable.TemporaryPathOf(path, runId)),
            .. FilesOf(settings.CopyFolders[0], archive).Select(path => Durable.TemporaryPathOf(path, runId)),
        ];
    }

    /// <summary>Which of the run's deletions are met.</summary>
    public enum Deletions
    {
        /// <summary>Of temporary files: its own, and one of a run that is gone.</summary>
        Temporary,

        /// <summary>Of a backup that is past its retention, here and in the place for copies.</summary>
        Due,
    }

    /// <param name="Due">The files that have to go in the end.</param>
    /// <param name="Proven">The files that have to stay, here and as copies.</param>
    private sealed record Deletion(
        EngineSettings Settings, string Environment, string RunId, IReadOnlyList<string> Due, IReadOnlyDictionary<string, string> Proven, IReadOnlyList<string> Paths)
        : SystemCallCase(Settings, ["run", RunId], Paths, Path.Combine(Path.GetTempPath(), $"strace-{RunId}.log"));
}
