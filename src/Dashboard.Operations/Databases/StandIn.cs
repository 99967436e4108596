using System.Globalization;
using MongoDB.Bson;

namespace Dashboard.Operations.Databases;

/// <summary>
/// A server refuses a second index of the same keys, so that one cannot be built beside the other under another name. But one that has a last
/// key which no document has serves the same queries, and a unique one forbids the same duplicates, while the first is dropped and built.
/// </summary>
internal static class StandIn
{
    private const string Key = "__rebuild";
    private const string Prefix = Key + "_";

    public static string NameOf(string runId, int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{runId}_{number}");

    /// <summary>Whether it is one by its name; a run that failed may have left it.</summary>
    public static bool Is(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Null for kinds that cannot have one: text, geographic, hashed and wildcard indexes, and those that expire documents keep no time limit in it.</summary>
    public static BsonDocument? Of(BsonDocument definition, string name)
    {
        if (definition["key"] is not BsonDocument key || key.Any(part => !part.Value.IsNumeric || part.Name.Contains("$**", StringComparison.Ordinal)))
            return null;
        var copy = new BsonDocument(definition.Where(field => field.Name is not ("expireAfterSeconds" or "hidden")))
        {
            ["key"] = new BsonDocument(key) { [Key] = 1 },
            ["name"] = name,
        };
        return copy;
    }
}
