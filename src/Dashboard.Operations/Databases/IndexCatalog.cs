using Dashboard.Operations.Backups;
using Dashboard.Operations.Backups.Restoring;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Databases;

/// <summary>The indexes of an application's database that can be rebuilt: not that of _id, not those of what restores keep, and no stand-in.</summary>
internal static class IndexCatalog
{
    public static async Task<IReadOnlyList<FoundIndex>> ListAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var found = new List<FoundIndex>();
        foreach (var listed in await DatabaseListing.ListAsync(database, withIndexes: true, cancellationToken))
        {
            if (listed.Namespace is not { Type: "collection" } one || WorkingNames.IsWorking(one.Collection) || one.Collection.StartsWith("system.", StringComparison.Ordinal))
                continue;
            found.AddRange(one.Indexes.Where(index => !IndexDefinition.IsGiven(index) && !StandIn.Is(index["name"].AsString)).Select(index => new FoundIndex(one.Collection, index["name"].AsString, IndexDefinition.ToBuild(index, one.Options))));
        }

        return found;
    }

    /// <summary>Null when there is no such index, or no such collection.</summary>
    public static async Task<BsonDocument?> FindAsync(IMongoDatabase database, string collection, string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await DatabaseListing.IndexesAsync(database, collection, cancellationToken)).FirstOrDefault(index => index["name"] == name);
        }
        catch (MongoCommandException exception) when (exception.CodeName == "NamespaceNotFound")
        {
            return null;
        }
    }

    /// <summary>How often each index was used since the server started; null where the server does not tell.</summary>
    public static async Task<IReadOnlyDictionary<string, long>?> UsageAsync(IMongoDatabase database, string collection, CancellationToken cancellationToken)
    {
        try
        {
            using var cursor = await database.GetCollection<BsonDocument>(collection).AggregateAsync<BsonDocument>(new[] { new BsonDocument("$indexStats", new BsonDocument()) }, cancellationToken: cancellationToken);
            var stats = await cursor.ToListAsync(cancellationToken);
            return stats.Where(one => one.Contains("accesses")).GroupBy(one => one["name"].AsString, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Sum(one => one["accesses"]["ops"].ToInt64()), StringComparer.Ordinal);
        }
        catch (MongoCommandException)
        {
            return null;
        }
    }
}

/// <param name="Definition">Ready to be built again.</param>
internal sealed record FoundIndex(string Collection, string Name, BsonDocument Definition)
{
    public string FullName => $"{Collection}.{Name}";

    public bool IsUnique => Definition.GetValue("unique", false).ToBoolean();

    public bool Expires => Definition.Contains("expireAfterSeconds");

    public string Keys => Definition["key"].ToJson();
}
