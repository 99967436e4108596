using System.Collections.Frozen;
using Dashboard.LocalMongo.Wire;
using MongoDB.Bson;

namespace Dashboard.LocalMongo.Commands;

/// <summary>
/// Makes the engine put the whole result of a filtered read aside when it is longer than a page. Left alone it looks into the index anew for each page, and
/// shows a document that was changed meanwhile again or not at all, where MongoDB shows it once. A limit that nothing reaches is enough; reads of a whole
/// collection go by the primary key, which does not change.
/// </summary>
internal static class KeptReads
{
    private const int Unreached = int.MaxValue;

    private static readonly FrozenSet<string> DocumentByDocument = FrozenSet.ToFrozenSet(
        ["$match", "$project", "$addFields", "$set", "$unset", "$replaceRoot", "$replaceWith", "$redact"], StringComparer.Ordinal);

    public static ReadOnlyMemory<byte> OfFind(Request request)
    {
        var body = request.Body;
        if (request.IsInTransaction || IsSet("sort") || body.Number("limit") is not (null or 0) || body.Number("skip") is not (null or 0) || !(IsSet("filter") || body.Has("hint")))
            return body.Bytes;
        var kept = body.ToDocument();
        kept["limit"] = Unreached;
        return kept.ToBson();

        bool IsSet(string name) => body.Document(name) is { Bytes.Length: > 5 };
    }

    public static ReadOnlyMemory<byte> OfAggregate(Request request)
    {
        var body = request.Body;
        if (request.IsInTransaction || body.Document("pipeline") is not { } pipeline || !IsStreamed(pipeline))
            return body.Bytes;
        var kept = body.ToDocument();
        kept["pipeline"].AsBsonArray.Add(new BsonDocument("$limit", Unreached));
        return kept.ToBson();
    }

    private static bool IsStreamed(RawBson pipeline)
    {
        var hasMatch = false;
        foreach (var stage in pipeline)
        {
            if (NameOf(stage) is not { } name || !DocumentByDocument.Contains(name))
                return false;
            hasMatch |= name == "$match";
        }

        return hasMatch;
    }

    /// <summary>Of the first field, which is a stage's name; null where the stage is no document or has none.</summary>
    public static string? NameOf(RawElement stage)
    {
        if (stage.Type != BsonType.Document) return null;
        foreach (var field in RawBson.At(stage.Value)) return field.Name;
        return null;
    }
}
