using Dashboard.Hosting;
using Dashboard.LocalMongo;
using MongoDB.Driver;

namespace Dashboard.Benchmarks.Backups;

/// <summary>A LocalMongo in <c>.local/bench</c> of the clone, durable as in use, and the folder for archives beside it; both are deleted afterwards.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly LocalMongoServer _server;
    private readonly MongoClient _client;

    private BenchServer(string folder, LocalMongoServer server)
    {
        Folder = folder;
        _server = server;
        _client = new MongoClient(server.ConnectionString);
    }

    public string Folder { get; }

    public string ConnectionString => _server.ConnectionString;

    public IMongoDatabase Database(string name) => _client.GetDatabase(name);

    public static async Task<BenchServer> StartAsync()
    {
        var folder = Path.Combine(ProjectRoot.Find(given: null), ".local", "bench");
        Directory.CreateDirectory(folder);
        var server = await LocalMongoServer.StartAsync(new LocalMongoOptions { DataDirectory = Path.Combine(folder, "mongo") });
        return new BenchServer(folder, server);
    }

    public string PathOf(string file) => Path.Combine(Folder, file);

    public async Task DropAsync(string database) => await _client.DropDatabaseAsync(database);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
