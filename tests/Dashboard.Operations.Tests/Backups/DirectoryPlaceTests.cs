using Dashboard.Operations.Backups;

namespace Dashboard.Operations.Tests.Backups;

public sealed class DirectoryPlaceTests : BackupPlaceContract
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("place-");

    protected override BackupPlace Place => new DirectoryPlace("second", Path.Combine(_root.FullName, "copies"), Path.Combine(_root.FullName, "backups"));

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        _root.Delete(recursive: true);
        return base.DisposeAsync();
    }

    [Fact]
    public async Task Lets_nobody_else_read_what_lies_there()
    {
        await PutAsync("backup-staging-1.gz", [1]);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_root.FullName, "copies")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_root.FullName, "copies", "backup-staging-1.gz")));
    }

    [Fact]
    public async Task Clears_what_a_killed_try_left_and_nothing_of_one_that_goes_on()
    {
        await PutAsync("backup-staging-1.gz", [1]);
        var left = Path.Combine(_root.FullName, "copies", ".backup-staging-2.gz.aaaaaaaaaaaaaaaaaaaaaaaa.tmp");
        var going = Path.Combine(_root.FullName, "copies", ".backup-staging-3.gz.bbbbbbbbbbbbbbbbbbbbbbbb.tmp");
        await File.WriteAllTextAsync(left, "half", Token);
        await File.WriteAllTextAsync(going, "half", Token);

        var cleared = await Place.ClearAsync(owner => owner.StartsWith('a'), Token);

        Assert.Equal([Path.GetFileName(left)], cleared);
        Assert.Equal((false, true), (File.Exists(left), File.Exists(going)));
        Assert.Equal(["backup-staging-1.gz"], await Place.ListAsync(Token));
    }

    [Theory]
    [InlineData("backups", false)]
    [InlineData("backups/copies", false)]
    [InlineData("backups-2", true)]
    [InlineData("copies", true)]
    public void Is_elsewhere_only_outside_the_backup_folder(string directory, bool isElsewhere) =>
        Assert.Equal(isElsewhere, new DirectoryPlace("second", Path.Combine(_root.FullName, directory), Path.Combine(_root.FullName, "backups")).IsElsewhere);

    /// <summary>A file stands where the folder should be.</summary>
    protected override async Task<BackupPlace> UnreachableAsync()
    {
        var file = Path.Combine(_root.FullName, "a-file");
        await File.WriteAllTextAsync(file, string.Empty, Token);
        return new DirectoryPlace("second", Path.Combine(file, "copies"), _root.FullName);
    }
}
