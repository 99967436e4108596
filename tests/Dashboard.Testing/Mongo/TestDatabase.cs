using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Testing.Mongo;

/// <summary>A database that lives as long as its test.</summary>
public sealed class TestDatabase(IMongoClient client, string name) : IAsyncDisposable
{
    public string Name => name;

    public IMongoClient Client => client;

    public IMongoDatabase Database { get; } = client.GetDatabase(name);

    public IMongoCollection<BsonDocument> Documents(string collection) => Database.GetCollection<BsonDocument>(collection);

    public async ValueTask DisposeAsync() => await client.DropDatabaseAsync(name);
}
