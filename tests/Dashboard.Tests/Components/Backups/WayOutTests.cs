using Bunit;
using Dashboard.Components.Backups;
using Dashboard.Operations.Backups;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Backups;

public sealed class WayOutTests : ScreenContext
{
    [Fact]
    public void Restores_beside_the_database_with_plain_mongorestore() => Assert.Equal(
        "mongorestore --uri=\"$MONGODB_URI\" --gzip --archive='/data/backups/backup-staging-20261123-090000.gz' --nsFrom='dnd.*' --nsTo='dnd-restored.*'",
        WayOutCommand.Of(Detail(Samples.Backup(), "/data/backups/backup-staging-20261123-090000.gz")));

    [Fact]
    public void Leaves_gzip_out_for_an_archive_that_is_not_compressed() =>
        Assert.DoesNotContain("--gzip", WayOutCommand.Of(Detail(Samples.Backup(), "/data/backups/backup-staging-20261123-090000.archive")), StringComparison.Ordinal);

    [Fact]
    public void Decrypts_an_encrypted_one_first()
    {
        var lines = WayOutCommand.Of(Detail(Samples.Backup() with { KeyId = "key-1" }, "/data/backups/b.gz.enc")).Split('\n');

        Assert.Equal("dotnet Dashboard.dll decrypt-backup '/data/backups/b.gz.enc' '/data/backups/b.gz'", lines[0]);
        Assert.Contains("--gzip --archive='/data/backups/b.gz'", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Quotes_a_path_that_the_shell_would_take_apart() =>
        Assert.Contains(@"--archive='/data/it'\''s here/b.gz'", WayOutCommand.Of(Detail(Samples.Backup(), "/data/it's here/b.gz")), StringComparison.Ordinal);

    [Fact]
    public void Is_text_with_a_button_that_copies_it()
    {
        var panel = Render<WayOut>(parameters => parameters.Add(shown => shown.Detail, Detail(Samples.Backup(), "/b.gz")));

        Assert.StartsWith("mongorestore", panel.Find($"#{panel.Find("button").GetAttribute("data-copy")}").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/data/backups/backup-staging-20261123-090000.gz", "backup-staging-20261123-090000.gz")]
    [InlineData("safety-dnd-prod-20261123-090000.gz.enc", "safety-dnd-prod-20261123-090000.gz.enc")]
    [InlineData("test-staging-20261123-090000.archive", "test-staging-20261123-090000.archive")]
    [InlineData("backup-staging-latest.gz", null)]
    [InlineData("12,400,000", null)]
    public void Knows_which_facts_name_a_backup(string value, string? archive) => Assert.Equal(archive, BackupLinks.ArchiveIn(value));

    private static BackupDetail Detail(BackupManifest manifest, string path) => new(Samples.Shelved(Samples.Entry(manifest)), path, "Staging");
}
