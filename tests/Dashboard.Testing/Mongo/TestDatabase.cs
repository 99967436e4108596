using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Testing.Mongo;

/// <summary>A database that lives as long as its test, or is emptied and given back when it ends.</summary>
/// <param name="giveBack">Null for one that is dropped.</param>
public sealed class TestDatabase(IMongoClient client, string name, Action<TestDatabase>? giveBack = null) : IAsyncDisposable
{
    // Hangfire reads from the one which steps made its collections, and waits at the last document of the other, which is capped.
    private static readonly string[] Lasting = ["hangfire.schema", "hangfire.notifications"];

    public string Name => name;

    public IMongoClient Client => client;

    public IMongoDatabase Database { get; } = client.GetDatabase(name);

    public IMongoCollection<BsonDocument> Documents(string collection) => Database.GetCollection<BsonDocument>(collection);

    public async ValueTask DisposeAsync()
    {
        if (giveBack is null)
        {
            await DropAsync();
            return;
        }

        using var names = await Database.ListCollectionNamesAsync();
        foreach (var collection in (await names.ToListAsync()).Except(Lasting, StringComparer.Ordinal))
            await Documents(collection).DeleteManyAsync(Builders<BsonDocument>.Filter.Empty);
        giveBack(this);
    }

    public Task DropAsync() => client.DropDatabaseAsync(name);
}
