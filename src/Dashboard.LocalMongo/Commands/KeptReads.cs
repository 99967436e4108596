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

    public static ReadOnlyMemory<byte> OfFind(CommandContext context)
    {
        var body = context.Request.Body;
        if (context.Request.IsInTransaction || IsFilled("sort") || IsOtherThanZero("limit") || IsOtherThanZero("skip") || !(IsFilled("filter") || HasHint()))
            return body.Bytes;
        return (body.Has("limit") ? new RawBson(context.BodyWithout("limit").ToBson()) : body).With("limit", Unreached);

        // The tools give the hint of the primary key when they dump.
        bool HasHint() => body.TryGet("hint", out var hint) && (hint.Type == BsonType.String ? hint.AsString() : hint.FirstName()) is not ("_id_" or "_id");
        bool IsFilled(string name) => body.Document(name) is { Bytes.Length: > 5 };
        bool IsOtherThanZero(string name) => body.TryGet(name, out var value) && value.AsNumber() != 0;
    }

    public static ReadOnlyMemory<byte> OfAggregate(CommandContext context)
    {
        var body = context.Request.Body;
        if (context.Request.IsInTransaction || body.Document("pipeline") is not { } pipeline || !IsStreamed(pipeline))
            return body.Bytes;
        var kept = context.BodyWithout();
        kept["pipeline"].AsBsonArray.Add(new BsonDocument("$limit", Unreached));
        return kept.ToBson();
    }

    private static bool IsStreamed(RawBson pipeline)
    {
        var hasMatch = false;
        foreach (var stage in pipeline)
        {
            if (stage.FirstName() is not { } name || !DocumentByDocument.Contains(name))
                return false;
            hasMatch |= name == "$match";
        }

        return hasMatch;
    }
}
