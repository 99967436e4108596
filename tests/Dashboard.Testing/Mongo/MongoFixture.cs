using System.Collections.Concurrent;
using Dashboard.LocalMongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Testing.Mongo;

/// <summary>
/// The MongoDB that tests run against: the server that TEST_MONGODB names, else a local one in <c>.local/test-mongo</c>, which test
/// processes share. Use it as assembly fixture or collection fixture.
/// </summary>
public sealed class MongoFixture : IAsyncLifetime
{
    private static int Databases;

    private readonly ConcurrentBag<TestDatabase> _made = [];
    private readonly ConcurrentDictionary<string, ConcurrentBag<TestDatabase>> _used = new(StringComparer.Ordinal);
    private static MongoFixture? Latest;

    private LocalMongoServer? _server;
    private MongoClient? _client;

    /// <summary>The assembly's fixture, for support code that xunit does not construct.</summary>
    public static MongoFixture Current => Latest ?? throw new InvalidOperationException("The assembly has no AssemblyFixture of type MongoFixture.");

    /// <summary>Also valid in child processes that a test starts.</summary>
    public string ConnectionString => (_server ?? throw new InvalidOperationException("The fixture has not been initialized.")).ConnectionString;

    public IMongoClient Client => _client ?? throw new InvalidOperationException("The fixture has not been initialized.");

    /// <summary>False on DocumentDB, for the few differences that are documented.</summary>
    public bool IsGenuine { get; private set; }

    public async ValueTask InitializeAsync()
    {
        _server = await LocalMongoServer.StartAsync(new LocalMongoOptions
        {
            GivenUri = TestEnvironment.MongoUri,
            DataDirectory = Path.Combine(Repository.Root, ".local", "test-mongo"),
            CacheDirectory = TestEnvironment.CacheDirectory,
            Durable = false,
        });
        _client = new MongoClient(_server.ConnectionString);
        var build = await _client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1));
        IsGenuine = build["gitVersion"] != "dashboard-local-mongo";
        Latest = this;
    }

    /// <summary>A database of its own name, dropped when disposed, at the latest with the fixture.</summary>
    public TestDatabase NewDatabase(string prefix) => NewDatabase(prefix, giveBack: null);

    /// <summary>
    /// An empty database that may have the collections and indexes of one that was disposed of before: to make those anew takes a test longer than what it tests.
    /// For a database whose collections the product makes itself and no test drops.
    /// </summary>
    /// <param name="kind">Who prepares it; databases of one kind have the same collections.</param>
    public TestDatabase RentDatabase(string kind)
    {
        var used = _used.GetOrAdd(kind, _ => []);
        return used.TryTake(out var database) ? database : NewDatabase(kind, used.Add);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _made)
            await database.DropAsync();
        _client?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
    }

    private TestDatabase NewDatabase(string prefix, Action<TestDatabase>? giveBack)
    {
        var name = $"{prefix}-{Environment.ProcessId}-{Interlocked.Increment(ref Databases)}-{Guid.NewGuid():N}"[..Math.Min(60, prefix.Length + 30)];
        var database = new TestDatabase(Client, name, giveBack);
        _made.Add(database);
        return database;
    }
}
