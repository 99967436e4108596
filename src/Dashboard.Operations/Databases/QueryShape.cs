using MongoDB.Bson;

namespace Dashboard.Operations.Databases;

/// <summary>A profiled query without its values: which fields are asked for and how, but never for what.</summary>
internal static class QueryShape
{
    /// <summary>What says nothing about the query, or only repeats what stands elsewhere.</summary>
    private static readonly string[] Dropped =
        ["lsid", "$db", "$clusterTime", "txnNumber", "$readPreference", "readConcern", "writeConcern", "cursor", "batchSize", "limit", "skip", "singleBatch", "maxTimeMS", "ordered", "collection", "comment", "apiVersion", "autocommit", "startTransaction", "$audit", "$client", "$configServerState", "mayBypassWriteBlocking", "let"];

    /// <summary>Their numbers are directions and choices of fields, not data.</summary>
    private static readonly string[] Structure = ["sort", "projection", "hint", "$sort", "$project"];

    public static string Of(BsonDocument profiled)
    {
        var command = profiled.TryGetValue("originatingCommand", out var first) && first is BsonDocument origin ? origin
            : profiled.GetValue("command", new BsonDocument()) as BsonDocument ?? [];
        var shape = new BsonDocument();
        foreach (var field in command.Where(field => !Dropped.Contains(field.Name, StringComparer.Ordinal)))
        {
            // The first field names the command; its value is the collection, which the namespace says already.
            if (shape.ElementCount == 0 && field.Value.IsString)
                shape[field.Name] = "…";
            else
                shape[field.Name] = Structure.Contains(field.Name, StringComparer.Ordinal) ? Directions(field.Value) : Redact(field.Value);
        }

        return shape.ToJson();
    }

    private static BsonValue Redact(BsonValue value) => value switch
    {
        BsonDocument document => new BsonDocument(document.Select(field => new BsonElement(
            field.Name, Structure.Contains(field.Name, StringComparer.Ordinal) ? Directions(field.Value) : Redact(field.Value)))),
        // How many values a list has makes no other shape of it.
        BsonArray array when array.All(item => item is not BsonDocument) => new BsonArray { "?" },
        BsonArray array => new BsonArray(array.Select(Redact)),
        _ => "?",
    };

    private static BsonValue Directions(BsonValue value) => value switch
    {
        BsonDocument document => new BsonDocument(document.Select(field => new BsonElement(field.Name, field.Value.IsNumeric || field.Value.IsBoolean ? field.Value : Redact(field.Value)))),
        _ => Redact(value),
    };
}
