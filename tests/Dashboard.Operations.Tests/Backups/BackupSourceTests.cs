using System.Text.Json.Nodes;
using Dashboard.MongoArchive;
using Dashboard.Operations.Backups;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.Backups;

public sealed class BackupSourceTests(MongoFixture mongo) : IAsyncLifetime
{
    private readonly DirectoryInfo _outside = Directory.CreateTempSubdirectory("outside-");
    private EngineGround _ground = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BackupFolder Folder => _ground.Engine.Backups;

    private BackupSource Source => _ground.Engine.Get<BackupSource>();

    public async ValueTask InitializeAsync() => _ground = await BackupGround.MakeAsync(mongo, settings => settings with { BackupKey = BackupGround.NewKey() });

    public async ValueTask DisposeAsync()
    {
        _outside.Delete(recursive: true);
        await _ground.DisposeAsync();
    }

    [Fact]
    public async Task Tells_plain_compressed_and_encrypted_by_the_content_whatever_the_name()
    {
        var compressed = await _ground.BackUpAsync();
        var plain = await _ground.BackUpAsync(new JsonObject { ["compress"] = false });
        using var encrypting = new TestEngine(BackupGround.Encrypted(_ground.Settings.BackupKey!)(_ground.Settings));
        await encrypting.RunAsync("create-backup", stopping: Token);
        var encrypted = Folder.List().First(manifest => manifest.IsEncrypted);

        foreach (var manifest in new[] { compressed, plain, encrypted })
        {
            var renamed = Path.Combine(_outside.FullName, $"{manifest.Bytes}.redundant");
            File.Copy(Folder.PathOf(manifest.Archive), renamed);
            foreach (var name in new[] { manifest.Archive, Folder.PathOf(manifest.Archive), renamed })
            {
                await using var backup = await OpenAsync(name, allowOutside: true);
                Assert.Equal((manifest.IsEncrypted, name == renamed), (backup.IsEncrypted, backup.Manifest is null));
                Assert.Equal(80, (await ArchiveVerifier.VerifyAsync(backup.Archive, Token)).Totals.Sum(total => total.Documents));
                Assert.Equal(manifest.Sha256, await backup.Sha256ToEndAsync(Token));
                Assert.Equal(backup.Bytes, backup.BytesRead);
            }
        }
    }

    [Fact]
    public async Task Follows_latest_to_the_encrypted_one_as_well()
    {
        using var encrypting = new TestEngine(BackupGround.Encrypted(_ground.Settings.BackupKey!)(_ground.Settings));
        await encrypting.RunAsync("create-backup", stopping: Token);
        var encrypted = Folder.List()[0];

        await using var backup = await OpenAsync("backup-staging-latest.gz", allowOutside: false);

        Assert.Equal((encrypted.Archive, encrypted.Sha256), (backup.Name, backup.Manifest?.Sha256));
    }

    /// <summary>The newest one's name must never lead to an older backup.</summary>
    [Fact]
    public async Task Follows_latest_to_the_newest_one_whatever_its_form()
    {
        using var encrypting = new TestEngine(BackupGround.Encrypted(_ground.Settings.BackupKey!)(_ground.Settings));
        foreach (var (engine, compress, ending) in new[] { (_ground.Engine, true, ".gz"), (_ground.Engine, false, ".archive"), (encrypting, false, ".archive.enc"), (encrypting, true, ".gz.enc"), (_ground.Engine, false, ".archive"), (_ground.Engine, true, ".gz") })
        {
            await engine.RunAsync("create-backup", request: new JsonObject { ["compress"] = compress }, stopping: Token);
            var newest = Folder.List()[0].Archive;

            await using var backup = await OpenAsync("backup-staging-latest.gz", allowOutside: false);

            Assert.Equal((newest, true), (backup.Name, newest.EndsWith(ending, StringComparison.Ordinal)));
            Assert.Equal([newest], Folder.LatestTargets("staging"));
            Assert.Equal([$"backup-staging-latest{ending}"], Directory.EnumerateFiles(Folder.Path, "*-latest*").Select(Path.GetFileName));
            Assert.True(BackupSource.Exists(Folder.PathOf("backup-staging-latest.gz")));
        }

        Assert.False(BackupSource.Exists(Folder.PathOf("backup-production-latest.gz")));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../backups/../secret")]
    [InlineData("sub/../../secret")]
    [InlineData("link")]
    [InlineData("folder-link/secret")]
    public async Task Reads_nothing_outside_the_backup_folder_for_others_than_the_command_line(string name)
    {
        await _ground.BackUpAsync();
        var secret = Path.Combine(_outside.FullName, "secret");
        await File.WriteAllTextAsync(secret, "secret", Token);
        File.CreateSymbolicLink(Folder.PathOf("link"), secret);
        Directory.CreateSymbolicLink(Folder.PathOf("folder-link"), _outside.FullName);
        if (name == "/etc/passwd")
            name = secret;

        var opening = await Source.OpenAsync(name, allowOutside: false, Token);

        Assert.Null(opening.Backup);
        Assert.DoesNotContain("no backup", opening.Refusal, StringComparison.Ordinal);
        Assert.Matches("not in the backup folder|has '..' in it", opening.Refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task Refuses_what_is_no_name(string name) =>
        Assert.Equal("Say which backup: the name of an archive in the backup folder.", (await Source.OpenAsync(name, allowOutside: true, Token)).Refusal);

    [Fact]
    public async Task Says_that_there_is_none_and_where_it_looked()
    {
        Folder.Prepare();

        var opening = await Source.OpenAsync("backup-staging-latest.gz", allowOutside: false, Token);

        Assert.Equal($"There is no backup 'backup-staging-latest.gz' in {Folder.Path}; the list of backups names those there are.", opening.Refusal);
    }

    [Fact]
    public async Task Says_when_the_manifest_belongs_to_another_archive_or_was_changed()
    {
        var manifest = await _ground.BackUpAsync();
        File.Copy(Folder.PathOf(manifest.Archive), Folder.PathOf("backup-staging-renamed.gz"));
        File.Copy(Folder.ManifestPathOf(manifest.Archive), Folder.ManifestPathOf("backup-staging-renamed.gz"));
        await using (var renamed = await OpenAsync("backup-staging-renamed.gz", allowOutside: false))
            Assert.Equal($"The manifest of backup-staging-renamed.gz cannot be believed: it describes {manifest.Archive}: one of the two was renamed.", renamed.ManifestProblem);

        _ground.Rewrite(manifest.Archive, stored => stored with { Environment = "production" });
        await using var changed = await OpenAsync(manifest.Archive, allowOutside: false);

        Assert.Contains("somebody changed it after it was written", changed.ManifestProblem, StringComparison.Ordinal);
    }

    private async Task<OpenBackup> OpenAsync(string name, bool allowOutside)
    {
        var opening = await Source.OpenAsync(name, allowOutside, Token);
        return opening.Backup ?? throw new InvalidOperationException(opening.Refusal);
    }
}
