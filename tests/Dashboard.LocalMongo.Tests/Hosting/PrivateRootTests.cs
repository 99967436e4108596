using Dashboard.Testing.Faults;

namespace Dashboard.LocalMongo.Tests.Hosting;

public sealed class PrivateRootTests
{
    [Fact]
    public async Task A_preparation_killed_half_way_is_made_anew()
    {
        var token = TestContext.Current.CancellationToken;
        using var data = new DataFolder();
        using var cache = new DataFolder();
        var killed = StandaloneServer.Launch(["--data", data.Path], ("XDG_CACHE_HOME", cache.Path));
        await Eventually.TrueAsync(
            () => Directory.Exists(cache.Path) && Directory.EnumerateFiles(cache.Path, "*.deb", SearchOption.AllDirectories).Any(), "the first package", TimeSpan.FromSeconds(60));

        await killed.KillAsync();
        await killed.DisposeAsync();
        await using var next = await StandaloneServer.StartAsync(data.Path, token, ("XDG_CACHE_HOME", cache.Path));
        var (_, _, exitCode) = await next.TerminateAsync(token);

        Assert.Equal(0, exitCode);
        var home = Assert.Single(Directory.EnumerateDirectories(Path.Combine(cache.Path, "dashboard-local-mongo")), d => !d.Contains(".tmp-", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(home, "template", "PG_VERSION")));
    }

    /// <summary>So is every fresh image of Debian.</summary>
    [Fact]
    public async Task The_mirror_is_found_where_no_list_of_packages_was_ever_fetched_and_is_named_when_it_has_not_the_package()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = new DataFolder();
        var lists = Directory.CreateDirectory(Path.Combine(folder.Path, "lists")).FullName;
        var (sources, settings) = (Path.Combine(folder.Path, "sources.list"), Path.Combine(folder.Path, "apt.conf"));
        await File.WriteAllTextAsync(sources, "deb file:/nowhere-at-all bookworm main\n", token);
        await File.WriteAllTextAsync(settings, $"""Dir::State::lists "{lists}"; Dir::Etc::sourcelist "{sources}"; Dir::Etc::sourceparts "-";""", token);

        await using var server = StandaloneServer.Launch(["--data", Path.Combine(folder.Path, "data")], ("XDG_CACHE_HOME", folder.Path), ("APT_CONFIG", settings));
        var (_, errors, exitCode) = await server.EndAsync(token);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("(the mirror file:/nowhere-at-all/ gave no package postgresql-18-documentdb of version 1 (no network, or Debian has moved on)); set MONGODB_URI", errors, StringComparison.Ordinal);
    }
}
