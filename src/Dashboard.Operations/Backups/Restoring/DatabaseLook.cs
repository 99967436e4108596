using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>The collections and views of a database at one moment, as far as names go.</summary>
internal sealed class DatabaseLook
{
    private static readonly JsonWriterSettings Canonical = new() { OutputMode = JsonOutputMode.CanonicalExtendedJson };
    private readonly Dictionary<string, BsonDocument> _listed;

    private DatabaseLook(IEnumerable<BsonDocument> listed) =>
        _listed = listed.ToDictionary(one => one["name"].AsString, StringComparer.Ordinal);

    /// <summary>In the order of the names, without what restores work in and without the server's own.</summary>
    public IEnumerable<string> Live => _listed.Keys
        .Where(name => !WorkingNames.IsWorking(name) && (name == "system.js" || !name.StartsWith("system.", StringComparison.Ordinal)))
        .Order(StringComparer.Ordinal);

    public IEnumerable<string> All => _listed.Keys;

    /// <param name="names">Only these; null for all.</param>
    public static async Task<DatabaseLook> AtAsync(IMongoDatabase database, IReadOnlyCollection<string>? names, CancellationToken cancellationToken)
    {
        var options = names is null ? null : new ListCollectionsOptions { Filter = Builders<BsonDocument>.Filter.In("name", names) };
        using var cursor = await database.ListCollectionsAsync(options, cancellationToken);
        return new DatabaseLook(await cursor.ToListAsync(cancellationToken));
    }

    public SwapKind KindOf(string name) =>
        !_listed.TryGetValue(name, out var listed) ? SwapKind.None : TypeOf(listed) == "view" ? SwapKind.View : SwapKind.Collection;

    /// <summary>Time series and stored functions: a server renames neither.</summary>
    public bool CanBeRenamed(string name) => name != "system.js" && !(_listed.TryGetValue(name, out var listed) && TypeOf(listed) == "timeseries");

    /// <summary>The view's definition; null for anything else.</summary>
    public string? ViewOf(string name) =>
        KindOf(name) == SwapKind.View ? TextOf(_listed[name].GetValue("options", new BsonDocument()).AsBsonDocument) : null;

    /// <summary>A view's options as text that keeps every type.</summary>
    public static string TextOf(BsonDocument viewOptions) => viewOptions.ToJson(Canonical);

    private static string TypeOf(BsonDocument listed) => listed.GetValue("type", "collection").AsString;
}
