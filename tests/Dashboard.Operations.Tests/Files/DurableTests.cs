using System.Text;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Files;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Files;

public sealed class DurableTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("durable-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Makes_folders_that_only_their_owner_can_open_and_corrects_one_that_is_there()
    {
        var inner = PathOf("outer/inner");

        Durable.MakeFolder(inner);
        File.SetUnixFileMode(inner, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        Durable.MakeFolder(inner);

        Assert.Equal(Durable.FolderMode, File.GetUnixFileMode(inner));
        Assert.Equal(Durable.FolderMode, File.GetUnixFileMode(PathOf("outer")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, Durable.FolderMode);
    }

    [Fact]
    public async Task Writes_a_file_that_only_its_owner_can_read_and_leaves_nothing_beside_it()
    {
        await WriteAsync("a.json", "one");
        await WriteAsync("a.json", "two");

        Assert.Equal("two", await ReadAsync("a.json"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf("a.json")));
        Assert.Equal(["a.json"], Names());
    }

    [Theory]
    [InlineData(Failpoints.FileWrites)]
    [InlineData(Failpoints.FileWritten)]
    [InlineData(Failpoints.FileSyncs)]
    [InlineData(Failpoints.FileSynced)]
    [InlineData(Failpoints.FilePublishes)]
    public async Task Leaves_the_old_content_when_anything_fails_before_the_rename(string point)
    {
        await WriteAsync("a.json", "old");
        using var hook = FailpointHook.Install().ThrowAt(point, () => new IOException("Made to fail."));

        await Assert.ThrowsAsync<IOException>(() => WriteAsync("a.json", "new"));

        Assert.Equal("old", await ReadAsync("a.json"));
        Assert.Equal(["a.json"], Names());
    }

    [Fact]
    public async Task Syncs_the_content_before_it_gets_its_name()
    {
        using var hook = FailpointHook.Install();

        await WriteAsync("a.json", "content");

        Assert.Equal(
            [Failpoints.FileWrites, Failpoints.FileWritten, Failpoints.FileSyncs, Failpoints.FileSynced, Failpoints.FilePublishes, Failpoints.FileNamed, Failpoints.FilePublished],
            hook.Hits.Select(hit => hit.Point).ToArray());
    }

    [Fact]
    public async Task Does_not_write_over_a_temporary_file_that_another_writer_has_open()
    {
        var temporary = Durable.TemporaryPathOf(PathOf("a.json"), "run1");
        await using (Durable.Create(temporary))
        {
            Assert.Throws<IOException>(() => Durable.Create(temporary));
        }

        Assert.Equal(".a.json.run1.tmp", Path.GetFileName(temporary));
        Assert.Equal(_folder.FullName, Path.GetDirectoryName(temporary));
    }

    [Fact]
    public async Task Moves_a_pointer_in_one_step()
    {
        await WriteAsync("one.gz", "1");
        await WriteAsync("two.gz", "2");
        using var hook = FailpointHook.Install();
        await Durable.PointAsync(PathOf("latest.gz"), "run1", "one.gz");
        string? during = null;
        hook.On(Failpoints.FilePublishes, 2, 1, async _ => during = await ReadAsync("latest.gz"));

        await Durable.PointAsync(PathOf("latest.gz"), "run2", "two.gz");

        Assert.Equal(("1", "2"), (during, await ReadAsync("latest.gz")));
        Assert.Equal("two.gz", new FileInfo(PathOf("latest.gz")).LinkTarget);
        Assert.Equal(["latest.gz", "one.gz", "two.gz"], Names());
    }

    [Fact]
    public void Says_which_folder_could_not_be_synced_and_what_to_do()
    {
        var error = Assert.Throws<IOException>(() => Durable.SyncFolder(PathOf("missing")));

        Assert.Equal(
            $"'{PathOf("missing")}' could not be opened: No such file or directory (error 2). Look at the disk before you believe what was written there.", error.Message);
    }

    [Fact]
    public async Task Says_so_when_the_volume_is_full()
    {
        // The kernel's device that is always full.
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

        var error = await Assert.ThrowsAsync<IOException>(() => full.WriteAsync(new byte[10], Token).AsTask());

        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private Task WriteAsync(string name, string content) => Durable.WriteAsync(PathOf(name), "run1", Encoding.UTF8.GetBytes(content), Token);

    private Task<string> ReadAsync(string name) => File.ReadAllTextAsync(PathOf(name), Token);

    private string[] Names() => [.. _folder.EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];
}
