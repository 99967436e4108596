using MongoDB.Bson;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>Works out what each name of a database was and is to be.</summary>
internal static class SwapNames
{
    /// <summary>Where a collection stands that is to take the live name.</summary>
    public static string IncomingOf(RestoreRecord record, string name) =>
        record.Undoes is { } undone ? WorkingNames.Before(undone, name) : WorkingNames.Restored(record.Id, name);

    /// <summary>The database as it is now becomes exactly the archive.</summary>
    /// <param name="after">What the archive holds: the name, and a view's options; null for a collection.</param>
    public static IReadOnlyList<SwapName> Of(DatabaseLook now, IReadOnlyDictionary<string, BsonDocument?> after) =>
        [.. now.Live.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => new SwapName(
            name,
            now.KindOf(name),
            !after.TryGetValue(name, out var view) ? SwapKind.None : view is null ? SwapKind.Collection : SwapKind.View,
            now.ViewOf(name),
            view is null ? null : DatabaseLook.TextOf(view)))];

    /// <summary>The database as it is now becomes what it was before the record's swap.</summary>
    public static IReadOnlyList<SwapName> Back(DatabaseLook now, RestoreRecord undone)
    {
        var before = undone.Names.Where(name => name.Before != SwapKind.None).ToDictionary(name => name.Name, StringComparer.Ordinal);
        return [.. now.Live.Union(before.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => new SwapName(
            name,
            now.KindOf(name),
            before.TryGetValue(name, out var was) ? was.Before : SwapKind.None,
            now.ViewOf(name),
            was?.ViewBefore))];
    }

    /// <summary>Every name that decides about one of them.</summary>
    public static IReadOnlyList<string> Around(RestoreRecord record, SwapName name) =>
        [name.Name, WorkingNames.Before(record.Id, name.Name), IncomingOf(record, name.Name), .. Enumerable.Range(1, 9).Select(number => WorkingNames.Stray(record.Id, name.Name, number))];
}
