using Dashboard.MongoArchive;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>A collection, view or time series of a server, as the server lists it.</summary>
/// <param name="Namespace">What an archive announces of it.</param>
/// <param name="Uuid">Null where the server gives none; a view or time series has one here and none in an archive.</param>
internal sealed record ListedCollection(ArchiveNamespace Namespace, Guid? Uuid)
{
    public bool IsCapped => Namespace.Options.GetValue("capped", false).ToBoolean();
}

/// <summary>Asks a server what collections it has.</summary>
internal static class DatabaseListing
{
    /// <summary>What restores and verifications work in; none of it belongs to the application.</summary>
    public static IReadOnlyList<string> WorkingPrefixes { get; } = ["__restore_", "__before_", "__verify_", "__stray_"];

    public static bool IsOurs(string collection) => WorkingPrefixes.Any(prefix => collection.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>As mongodump chooses: of the system collections only the stored functions. In the order of the names.</summary>
    public static async Task<IReadOnlyList<ListedCollection>> ListAsync(IMongoDatabase database, bool withIndexes, CancellationToken cancellationToken)
    {
        using var cursor = await database.ListCollectionsAsync(cancellationToken: cancellationToken);
        var listed = new List<ListedCollection>();
        foreach (var one in (await cursor.ToListAsync(cancellationToken)).Where(IsDumped).OrderBy(NameOf, StringComparer.Ordinal))
        {
            var announced = Announce(database, one);
            if (withIndexes && !announced.IsView)
                announced = announced with { Indexes = await IndexesAsync(database, announced.Collection, cancellationToken) };
            listed.Add(new ListedCollection(announced, UuidOf(one)));
        }

        return listed;
    }

    public static async Task<IReadOnlyList<BsonDocument>> IndexesAsync(IMongoDatabase database, string collection, CancellationToken cancellationToken)
    {
        using var cursor = await database.GetCollection<BsonDocument>(collection).Indexes.ListAsync(cancellationToken);
        return await cursor.ToListAsync(cancellationToken);
    }

    public static ArchiveNamespace Announce(IMongoDatabase database, BsonDocument listed)
    {
        var type = listed.GetValue("type", "collection").AsString;
        return new ArchiveNamespace
        {
            Database = database.DatabaseNamespace.DatabaseName,
            Collection = NameOf(listed),
            Type = type,
            Options = listed.GetValue("options", new BsonDocument()).AsBsonDocument,
            Uuid = type == "collection" ? UuidOf(listed) : null,
        };
    }

    private static bool IsDumped(BsonDocument listed) =>
        NameOf(listed) is var name && !IsOurs(name) && (name == "system.js" || !name.StartsWith("system.", StringComparison.Ordinal));

    private static Guid? UuidOf(BsonDocument listed) =>
        listed.TryGetValue("info", out var info) && info.AsBsonDocument.TryGetValue("uuid", out var uuid) && uuid is BsonBinaryData { SubType: BsonBinarySubType.UuidStandard } binary
            ? binary.ToGuid()
            : null;

    private static string NameOf(BsonDocument listed) => listed["name"].AsString;
}
