using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>How large a collection is by the server's own figures or by a manifest: for estimates only.</summary>
/// <param name="Bytes">Uncompressed BSON.</param>
public sealed record CollectionSize(long Documents, long Bytes)
{
    internal static CollectionSize Unknown { get; } = new(0, 0);

    /// <summary>What a backup holds, by collection; nothing where its manifest is not there to say so.</summary>
    internal static IReadOnlyDictionary<string, CollectionSize> Of(BackupManifest? manifest) =>
        (manifest?.Collections ?? []).ToDictionary(collection => collection.Name, collection => new CollectionSize(collection.Documents, collection.Bytes), StringComparer.Ordinal);

    /// <summary>Zeros where the server does not tell.</summary>
    internal static async Task<CollectionSize> AskAsync(IMongoDatabase database, string collection, CancellationToken cancellationToken)
    {
        try
        {
            var stats = await database.RunCommandAsync<BsonDocument>(new BsonDocument("collStats", collection), cancellationToken: cancellationToken);
            return new CollectionSize(stats.GetValue("count", 0).ToInt64(), stats.GetValue("size", 0).ToInt64());
        }
        catch (MongoCommandException)
        {
            return Unknown;
        }
    }
}
