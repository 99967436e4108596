using System.Buffers;
using Dashboard.LocalMongo.Wire;
using MongoDB.Bson;

namespace Dashboard.LocalMongo.Commands;

/// <summary>
/// Puts this moment in for <c>$$NOW</c>, which MongoDB fixes once for each command. The engine knows it in some places only:
/// it refuses a filter with it as soon as an index serves the filter, and where the collection is not there yet.
/// </summary>
internal static class ServerTime
{
    private static ReadOnlySpan<byte> Variable => "$$NOW\0"u8;

    /// <summary>The command's fields that hold filters or pipelines; the name of the kind 1 section counts as one.</summary>
    private static readonly SearchValues<string> Filters = SearchValues.Create(["filter", "query", "q"], StringComparison.Ordinal);

    /// <summary>The message as it is, or a copy with the time in it; most messages do not name it and cost one look.</summary>
    public static (RawBson Body, ReadOnlyMemory<byte> Sequence) PutIn(RawBson body, ReadOnlyMemory<byte> sequence, DateTimeOffset now)
    {
        if (!Names(body.Bytes.Span) && !Names(sequence.Span))
            return (body, sequence);
        // A view's pipeline is stored, and its moment is each reader's.
        if (body.Has("create") || body.Has("collMod"))
            return (body, sequence);

        var moment = new BsonDateTime(now.ToUnixTimeMilliseconds());
        return (new RawBson(Command(body.ToDocument(), moment).ToBson()), Sequence(body, sequence, moment));
    }

    private static bool Names(ReadOnlySpan<byte> bytes) => bytes.IndexOf(Variable) >= 0;

    private static ReadOnlyMemory<byte> Sequence(RawBson body, ReadOnlyMemory<byte> sequence, BsonDateTime moment)
    {
        // Documents to insert are data, whatever they contain.
        if (sequence.IsEmpty || body.Has("insert"))
            return sequence;
        using var copy = new MemoryStream(sequence.Length);
        while (!sequence.IsEmpty)
        {
            var statement = RawBson.At(sequence);
            copy.Write(Statement(statement.ToDocument(), moment).ToBson());
            sequence = sequence[statement.Bytes.Length..];
        }

        return copy.ToArray();
    }

    private static BsonDocument Command(BsonDocument command, BsonDateTime moment)
    {
        foreach (var list in new[] { "updates", "deletes" })
        {
            if (command.TryGetValue(list, out var statements) && statements is BsonArray array)
                command[list] = new BsonArray(array.Select(statement => statement is BsonDocument document ? Statement(document, moment) : statement));
        }

        return Statement(command, moment);
    }

    /// <summary>A find, an aggregation, or one update or delete: only a filter's $expr and a pipeline hold expressions, all else is data.</summary>
    private static BsonDocument Statement(BsonDocument statement, BsonDateTime moment)
    {
        foreach (var field in statement.ToList())
        {
            if (Filters.Contains(field.Name))
                statement[field.Name] = Filter(field.Value, moment);
            else if (field.Name is "pipeline" or "u" or "update" && field.Value is BsonArray stages)
                statement[field.Name] = Expression(stages, moment);
        }

        return statement;
    }

    private static BsonValue Filter(BsonValue filter, BsonDateTime moment) => filter switch
    {
        BsonDocument document => new BsonDocument(document.Select(field =>
            new BsonElement(field.Name, field.Name == "$expr" ? Expression(field.Value, moment) : Filter(field.Value, moment)))),
        BsonArray array => new BsonArray(array.Select(value => Filter(value, moment))),
        _ => filter,
    };

    private static BsonValue Expression(BsonValue expression, BsonDateTime moment) => expression switch
    {
        BsonString { Value: "$$NOW" } => moment,
        BsonDocument document => new BsonDocument(document.Select(field => new BsonElement(field.Name, field.Name switch
        {
            "$literal" => field.Value,
            "$match" => Filter(field.Value, moment),
            _ => Expression(field.Value, moment),
        }))),
        BsonArray array => new BsonArray(array.Select(value => Expression(value, moment))),
        _ => expression,
    };
}
