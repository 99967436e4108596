using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace DndTracker.Tests.Support;

/// <summary>The server of the tests, and databases on it that go when the test is done.</summary>
public sealed class TestMongo : IDisposable
{
    private readonly List<string> _databases = [];

    public static string ConnectionString => MongoFixture.Current.ConnectionString;

    private static IMongoClient Client => MongoFixture.Current.Client;

    /// <summary>An empty database of the caller's own.</summary>
    public IMongoDatabase NewDatabase()
    {
        var name = $"tracker_{ObjectId.GenerateNewId()}";
        _databases.Add(name);
        return Client.GetDatabase(name);
    }

    public void Dispose()
    {
        foreach (var database in _databases)
            Client.DropDatabase(database);
    }
}
