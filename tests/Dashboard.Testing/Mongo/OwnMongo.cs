using System.Diagnostics;
using System.Globalization;
using Dashboard.LocalMongo;

namespace Dashboard.Testing.Mongo;

/// <summary>A local server of a test's own, durable, so that it can be killed; gone with its data at the end.</summary>
public sealed class OwnMongo : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dashboard-mongo-");
    private LocalMongoServer? _server;

    private OwnMongo()
    {
    }

    public string ConnectionString => _server?.ConnectionString ?? throw new InvalidOperationException("It has not been started.");

    public static async Task<OwnMongo> StartAsync(CancellationToken cancellationToken)
    {
        var own = new OwnMongo();
        own._server = await LocalMongoServer.StartAsync(
            new LocalMongoOptions { DataDirectory = own._folder.FullName, CacheDirectory = TestEnvironment.CacheDirectory, UseMongodOnPath = false }, cancellationToken: cancellationToken);
        return own;
    }

    /// <summary>SIGKILL to the engine with all its processes; its gateway starts it again.</summary>
    public void KillEngine()
    {
        var file = Directory.EnumerateFiles(_folder.FullName, "postmaster.pid", SearchOption.AllDirectories).Single();
        using var engine = Process.GetProcessById(int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture));
        engine.Kill(entireProcessTree: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
