using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>How large a collection is by the server's own figures: for estimates only.</summary>
internal sealed record CollectionSize(long Documents, long Bytes)
{
    /// <summary>Zeros where the server does not tell.</summary>
    public static async Task<CollectionSize> AskAsync(IMongoDatabase database, string collection, CancellationToken cancellationToken)
    {
        try
        {
            var stats = await database.RunCommandAsync<BsonDocument>(new BsonDocument("collStats", collection), cancellationToken: cancellationToken);
            return new CollectionSize(stats.GetValue("count", 0).ToInt64(), stats.GetValue("size", 0).ToInt64());
        }
        catch (MongoCommandException)
        {
            return new CollectionSize(0, 0);
        }
    }
}
