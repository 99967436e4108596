using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;

namespace Dashboard.Operations.Databases;

/// <summary>
/// What a rebuild is about to drop, with everything that is needed to build it again, written down before the first drop: from this record
/// alone anybody can finish it.
/// </summary>
public sealed record IndexRebuild
{
    /// <summary>The run's.</summary>
    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required string Database { get; init; }

    public required IReadOnlyList<RebuiltIndex> Indexes { get; init; }

    public required DateTimeOffset BegunAt { get; init; }

    /// <summary>Each of the indexes was there again, the same as before, when somebody looked.</summary>
    public bool IsDone { get; init; }

    public int SchemaVersion { get; init; } = 1;
}

/// <param name="Definition">As canonical Extended JSON, because field names in it are not for a database.</param>
/// <param name="StandIn">Name of the index that serves queries meanwhile; null when there is none.</param>
public sealed record RebuiltIndex(string Collection, string Name, string Definition, string? StandIn)
{
    private static readonly JsonWriterSettings Canonical = new() { OutputMode = JsonOutputMode.CanonicalExtendedJson };

    public string FullName => $"{Collection}.{Name}";

    internal BsonDocument Document => BsonSerializer.Deserialize<BsonDocument>(Definition);

    internal static string TextOf(BsonDocument definition) => definition.ToJson(Canonical);
}
