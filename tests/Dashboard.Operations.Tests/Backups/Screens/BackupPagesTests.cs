using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Operations.Tests.Backups.Restoring;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Backups.Screens;

/// <summary>What the pages about backups read, of real backups, proofs, copies and restores.</summary>
public sealed class BackupPagesTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shows_every_backup_with_its_rung_and_its_copies_and_what_it_needs_of_the_disk()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, EngineGround.WithCopies);
        var proven = await ground.ProvenAsync(TimeSpan.FromHours(1));
        var newest = await ground.BackUpAsync();
        await File.WriteAllTextAsync(ground.Engine.Backups.PathOf("backup-staging-by-hand.gz"), "x", Token);

        var page = await ground.Engine.Get<BackupPages>().ReadAsync(Token);

        Assert.Equal(["staging", "production"], page.Sections.Select(section => section.Environment));
        var section = page.Sections[0];
        Assert.Equal([newest.Archive, proven.Archive], section.Backups.Select(backup => backup.Manifest.Archive));
        Assert.Equal([BackupRung.ArchiveProven, BackupRung.Compared], section.Backups.Select(backup => backup.Entry.Rung));
        Assert.All(section.Backups, backup => Assert.Equal(("place-1", CopyState.Good), (Assert.Single(backup.Copies).Place, backup.Copies[0].State)));
        Assert.Equal(proven.Archive, section.Health.LastProven?.Manifest.Archive);
        Assert.Null(section.Holder);
        Assert.Empty(page.Sections[1].Backups);
        Assert.Equal(proven.Bytes + newest.Bytes, page.Space.UsedBytes);
        Assert.True(page.Space.FreeBytes > 0);
        Assert.Equal(["backup-staging-by-hand.gz"], page.Undescribed);
    }

    [Fact]
    public async Task Knows_the_free_space_before_the_first_backup_made_the_folder()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);

        Assert.True((await ground.Engine.Get<BackupPages>().ReadAsync(Token)).Space.FreeBytes > 0);
        Assert.False(Directory.Exists(ground.Settings.BackupFolder));
    }

    [Fact]
    public async Task Finds_one_by_its_name_and_nothing_outside_the_folder()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var manifest = await ground.BackUpAsync();
        var pages = ground.Engine.Get<BackupPages>();
        foreach (var ending in new[] { string.Empty, ".manifest.json" })
            File.Copy(ground.Engine.Backups.PathOf(manifest.Archive) + ending, Path.Combine(ground.Folder, manifest.Archive) + ending);

        var found = await pages.FindAsync(manifest.Archive, Token);

        Assert.Equal((manifest.Sha256, ground.Engine.Backups.PathOf(manifest.Archive), "staging"), (found?.Manifest.Sha256, found?.Path, found?.Title));
        Assert.Null(await pages.FindAsync($"../{manifest.Archive}", Token));
        Assert.Null(await pages.FindAsync(Path.Combine(ground.Folder, manifest.Archive), Token));
        Assert.Null(await pages.FindAsync("backup-staging-20200101-000000.gz", Token));
    }

    [Fact]
    public async Task What_a_restore_keeps_can_be_undone_until_it_was()
    {
        const string staging = "e001";
        await using var ground = await RestoreGround.MakeAsync(mongo, Token);
        await ground.FillOldAsync(staging, Token);
        var pages = ground.Engine.Get<BackupPages>();
        Assert.Empty(await pages.KeptAsync(Token));

        var restored = await ground.RestoreAsync(staging);
        var kept = Assert.Single(await pages.KeptAsync(Token));
        Assert.Equal((restored.Id, staging, ground.Archive, ground.DatabaseOf(staging).DatabaseNamespace.DatabaseName), (kept.RunId, kept.Environment, kept.Archive, kept.Database));
        Assert.True(kept.CanBeUndone(ground.Engine.Time.GetUtcNow()));
        Assert.False(kept.CanBeUndone(kept.Until));

        var undone = await ground.Engine.RunConfirmedAsync("undo-restore", staging);
        Assert.Equal(RunState.Succeeded, undone.State);
        var both = await pages.KeptAsync(Token);
        Assert.Equal([undone.Id, restored.Id], both.Select(data => data.RunId));
        Assert.True(both[0].CanBeUndone(ground.Engine.Time.GetUtcNow()));
        Assert.Null(both[0].Archive);
        Assert.Equal((undone.Id, false), (both[1].UndoneBy, both[1].CanBeUndone(ground.Engine.Time.GetUtcNow())));
    }
}
