using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>The collections and views of a database at one moment, as far as names go.</summary>
internal sealed class DatabaseLook
{
    private static readonly JsonWriterSettings Canonical = new() { OutputMode = JsonOutputMode.CanonicalExtendedJson };
    private readonly Dictionary<string, Entry> _entries;

    private DatabaseLook(IEnumerable<(string Name, Entry Entry)> entries) =>
        _entries = entries.ToDictionary(one => one.Name, one => one.Entry, StringComparer.Ordinal);

    /// <summary>In the order of the names, without what restores work in and without the server's own.</summary>
    public IEnumerable<string> Live => _entries.Keys
        .Where(name => !WorkingNames.IsWorking(name) && (name == "system.js" || !name.StartsWith("system.", StringComparison.Ordinal)))
        .Order(StringComparer.Ordinal);

    public IEnumerable<string> All => _entries.Keys;

    /// <param name="names">Only these; null for all.</param>
    public static async Task<DatabaseLook> AtAsync(IMongoDatabase database, IReadOnlyCollection<string>? names, CancellationToken cancellationToken)
    {
        var options = names is null ? null : new ListCollectionsOptions { Filter = Builders<BsonDocument>.Filter.In("name", names) };
        using var cursor = await database.ListCollectionsAsync(options, cancellationToken);
        return new DatabaseLook((await cursor.ToListAsync(cancellationToken)).Select(Read));
    }

    /// <summary>A database as it will be, or as a test wants it.</summary>
    public static DatabaseLook Of(IEnumerable<(string Name, SwapKind Kind, string? View)> names) =>
        new(names.Select(one => (one.Name, new Entry(one.Kind, one.View, CanBeRenamed: true))));

    public SwapKind KindOf(string name) => _entries.TryGetValue(name, out var entry) ? entry.Kind : SwapKind.None;

    /// <summary>False for time series and stored functions: a server renames neither.</summary>
    public bool CanBeRenamed(string name) => !_entries.TryGetValue(name, out var entry) || entry.CanBeRenamed;

    /// <summary>The view's definition; null for anything else.</summary>
    public string? ViewOf(string name) => _entries.GetValueOrDefault(name)?.View;

    /// <summary>A view's options as text that keeps every type.</summary>
    public static string TextOf(BsonDocument viewOptions) => viewOptions.ToJson(Canonical);

    private static (string Name, Entry Entry) Read(BsonDocument listed)
    {
        var (name, type) = (listed["name"].AsString, listed.GetValue("type", "collection").AsString);
        return (name, new Entry(
            type == "view" ? SwapKind.View : SwapKind.Collection,
            type == "view" ? TextOf(listed.GetValue("options", new BsonDocument()).AsBsonDocument) : null,
            name != "system.js" && type != "timeseries"));
    }

    private sealed record Entry(SwapKind Kind, string? View, bool CanBeRenamed);
}
