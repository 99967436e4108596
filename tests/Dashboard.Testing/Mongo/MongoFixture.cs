using MongoDB.Bson;
using MongoDB.Driver;
using Xunit;

namespace Dashboard.Testing.Mongo;

/// <summary>The server that <c>TEST_MONGODB</c> names.</summary>
public sealed class MongoFixture : IAsyncLifetime
{
    private readonly List<string> _databases = [];

    public IMongoClient Client { get; private set; } = null!;

    public string ConnectionString { get; private set; } = string.Empty;

    public bool IsGenuine { get; } = true;

    public ValueTask InitializeAsync()
    {
#pragma warning disable RS0030 // Replaced at the merge.
        ConnectionString = Environment.GetEnvironmentVariable("TEST_MONGODB") ?? throw new InvalidOperationException("Set TEST_MONGODB.");
#pragma warning restore RS0030
        Client = new MongoClient(ConnectionString);
        return ValueTask.CompletedTask;
    }

    public IMongoDatabase NewDatabase(string prefix)
    {
        var name = $"{prefix}-{ObjectId.GenerateNewId()}";
        lock (_databases)
            _databases.Add(name);
        return Client.GetDatabase(name);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _databases)
            await Client.DropDatabaseAsync(name);
    }
}
