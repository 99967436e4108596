using Dashboard.Operations.Configuration;
using Dashboard.Operations.StatusPage;
using Dashboard.Testing.Mongo;

namespace Dashboard.Operations.Tests.StatusPage;

public sealed class FolderExportTests(MongoFixture mongo) : StatusExportContract(mongo)
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("status-export-");

    private string Site => Path.Combine(_folder.FullName, "site");

    protected override StatusExportSettings Settings => new("https://example.org/status", Site, Bucket: null);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Everybody_may_read_it_and_nothing_unfinished_is_left()
    {
        Directory.CreateDirectory(Site);
        var abandoned = Path.Combine(Site, ".index.html.6b04da488268d8871e3b1aec.tmp");
        await File.WriteAllTextAsync(abandoned, "half", Token);
        File.SetLastWriteTimeUtc(abandoned, Ground.Time.GetUtcNow().UtcDateTime.AddDays(-1));

        Assert.True(await LookAsync());

        Assert.Equal(["bundle.json", "incidents/a.html", "index.html"], Directory.EnumerateFiles(Site, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Site, file)).Order(StringComparer.Ordinal));
        Assert.True(File.GetUnixFileMode(Path.Combine(Site, "index.html")).HasFlag(UnixFileMode.OtherRead));
        Assert.True(File.GetUnixFileMode(Path.Combine(Site, "incidents")).HasFlag(UnixFileMode.OtherExecute));
    }

    [Fact]
    public async Task A_reader_meanwhile_sees_each_file_whole()
    {
        var place = new BundleFolder(Site, Ground.Time);
        var bodies = Enumerable.Range(0, 30).Select(number => Enumerable.Repeat((byte)number, 200_000).ToArray()).ToList();
        await place.PutAsync(new BundleFile("index.html", bodies[0], "text/html"), Token);
        using var done = new CancellationTokenSource();
        var reading = Task.Run(
            async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    var seen = (await place.ReadAsync("index.html", Token))!;
                    Assert.Equal((200_000, 1), (seen.Length, seen.Distinct().Count()));
                }
            },
            Token);

        foreach (var body in bodies)
            await place.PutAsync(new BundleFile("index.html", body, "text/html"), Token);
        await done.CancelAsync();
        await reading;
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_is_a_problem_until_it_can()
    {
        await File.WriteAllTextAsync(Site, "in the way", Token);
        var export = Ground.Alerts.Engine.Get<StatusExport>();

        Assert.False(await LookAsync());
        Assert.StartsWith($"The copy of the status page was not written to {Site}: ", export.Problem, StringComparison.Ordinal);
        File.Delete(Site);
        Assert.False(await LookAsync());
        Ground.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(await LookAsync());
        Assert.Null(export.Problem);
    }
}
