using Dashboard.MongoArchive;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Testing.Faults;

/// <summary>Everything that an application sees of a database: every collection and view with its definition, its indexes and the digest of its documents.</summary>
public static class DatabaseState
{
    private static readonly string[] Working = ["__restore_", "__before_", "__stray_", "__verify_"];

    /// <summary>One line for each name, in their order; what restores keep beside is left out.</summary>
    public static async Task<string> OfAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        using var listed = await database.ListCollectionsAsync(cancellationToken: cancellationToken);
        var lines = new List<string>();
        foreach (var one in (await listed.ToListAsync(cancellationToken)).Where(one => !IsWorking(one["name"].AsString) && !one["name"].AsString.StartsWith("system.", StringComparison.Ordinal)))
        {
            var options = one.GetValue("options", new BsonDocument()).ToJson();
            lines.Add(one.GetValue("type", "collection") == "view"
                ? $"{one["name"]} view {options}"
                : $"{one["name"]} {options} {await IndexesAsync(database, one["name"].AsString, cancellationToken)} {await DigestAsync(database, one["name"].AsString, cancellationToken)}");
        }

        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    /// <summary>Names that restores keep or left beside.</summary>
    /// <param name="prefix">As <c>__restore_</c>.</param>
    public static async Task<IReadOnlyList<string>> BesideAsync(IMongoDatabase database, string prefix, CancellationToken cancellationToken)
    {
        using var names = await database.ListCollectionNamesAsync(cancellationToken: cancellationToken);
        return [.. (await names.ToListAsync(cancellationToken)).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private static bool IsWorking(string name) => Working.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static async Task<string> IndexesAsync(IMongoDatabase database, string collection, CancellationToken cancellationToken)
    {
        using var indexes = await database.GetCollection<BsonDocument>(collection).Indexes.ListAsync(cancellationToken);
        return new BsonArray((await indexes.ToListAsync(cancellationToken)).OrderBy(index => index["name"].AsString, StringComparer.Ordinal)).ToJson();
    }

    private static async Task<string> DigestAsync(IMongoDatabase database, string collection, CancellationToken cancellationToken)
    {
        var (digest, count) = (ContentDigest.Empty, 0);
        using var cursor = await database.GetCollection<BsonDocument>(collection).FindAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            foreach (var document in cursor.Current)
            {
                digest = digest.Append(document.ToBson());
                count++;
            }
        }

        return $"{count} documents {digest}";
    }
}
