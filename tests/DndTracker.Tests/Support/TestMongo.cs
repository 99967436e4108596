using MongoDB.Bson;
using MongoDB.Driver;

namespace DndTracker.Tests.Support;

/// <summary>The server of the tests, and databases on it that go when the test is done.</summary>
public sealed class TestMongo : IDisposable
{
    private readonly List<string> _databases = [];
    private readonly MongoClient _client = new(ConnectionString);

    public static string ConnectionString { get; } =
#pragma warning disable RS0030 // A test program's configuration is its environment.
        Environment.GetEnvironmentVariable("TEST_MONGODB") ?? "mongodb://127.0.0.1:37017/?replicaSet=rs0&directConnection=true";
#pragma warning restore RS0030

    /// <summary>An empty database of the caller's own.</summary>
    public IMongoDatabase NewDatabase()
    {
        var name = $"tracker_{ObjectId.GenerateNewId()}";
        _databases.Add(name);
        return _client.GetDatabase(name);
    }

    public void Dispose()
    {
        foreach (var database in _databases)
            _client.DropDatabase(database);
        _client.Dispose();
    }
}
