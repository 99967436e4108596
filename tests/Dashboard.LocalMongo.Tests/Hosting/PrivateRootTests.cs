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
}
