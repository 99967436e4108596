using System.Buffers;
using System.Text;
using MongoDB.Bson;

namespace Dashboard.MongoArchive;

/// <summary>A collection, view or time series as the prelude of an archive announces it.</summary>
public sealed record ArchiveNamespace
{
    private static readonly SearchValues<char> IllegalInDatabase = SearchValues.Create("/\\. \"\0$");

    /// <summary>The oplog entry: the only namespace without a database, always the last one in the stream.</summary>
    public static ArchiveNamespace Oplog { get; } = new() { Database = "", Collection = "oplog", Type = "" };

    /// <summary>The database, at most 63 bytes of UTF-8 and none of <c>/ \ . " $</c>, space or NUL; empty for the oplog alone.</summary>
    public required string Database { get; init; }

    /// <summary>The name as the server knows it, never escaped; for a time series the logical one, without <c>system.buckets.</c></summary>
    public required string Collection { get; init; }

    /// <summary>What listCollections reports: <c>collection</c>, <c>view</c>, <c>timeseries</c>; empty where the server reports nothing.</summary>
    public string Type { get; init; } = "collection";

    /// <summary>The <c>options</c> of listCollections as the server gave them; the order of keys is kept.</summary>
    public BsonDocument Options { get; init; } = [];

    /// <summary>The documents of listIndexes as the server gave them, <c>_id_</c> included; the order of keys is kept. None for views.</summary>
    public IReadOnlyList<BsonDocument> Indexes { get; init; } = [];

    /// <summary>The collection's UUID; null for views and time series, which have none in an archive.</summary>
    public Guid? Uuid { get; init; }

    /// <summary>The database and the collection with a dot between: how errors name it.</summary>
    public string FullName => $"{Database}.{Collection}";

    /// <summary>Views hold no documents of their own: an archive has only their definition.</summary>
    public bool IsView => Type == "view";

    /// <summary>A time series, whose documents are buckets.</summary>
    public bool IsTimeSeries => Type == "timeseries";

    /// <summary>The operations log of <c>mongodump --oplog</c>.</summary>
    public bool IsOplog => Database.Length == 0 && Collection == "oplog";

    internal int MaxDocumentBytes => IsOplog ? ArchiveFormat.MaxOplogEntryBytes : ArchiveFormat.MaxDocumentBytes;

    /// <summary>
    /// mongorestore reads users, roles and the authentication version before everything else, and takes no ordinary
    /// namespace any more once the oplog has begun.
    /// </summary>
    internal int Rank => IsOplog ? 2 : IsAccess ? 0 : 1;

    /// <summary>mongodump leaves the metadata of these empty.</summary>
    internal bool HasMetadata => !IsOplog && !Collection.StartsWith("$admin.system.", StringComparison.Ordinal);

    private bool IsAccess =>
        Collection is "$admin.system.users" or "$admin.system.roles" or "$admin.system.version"
        || (Database == "admin" && Collection is "system.users" or "system.roles" or "system.version");

    /// <summary>The collection that the blocks name.</summary>
    internal string PhysicalCollection(ArchiveHeader header) =>
        IsTimeSeries && !header.HasViewlessTimeSeries ? ArchiveFormat.BucketPrefix + Collection : Collection;

    internal void ThrowIfNotWritable(string parameterName)
    {
        if (!IsOplog && WhyDatabaseIsIllegal(Database) is { } reason)
            throw new ArgumentException($"The database name '{Database}' {reason}; mongorestore would refuse the whole archive.", parameterName);
        if (string.IsNullOrEmpty(Collection) || Collection.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"A collection of database '{Database}' has an empty name or one with a NUL in it.", parameterName);
        if (Type is null || Options is null || Indexes is null)
            throw new ArgumentException($"{FullName} lacks its type, options or indexes; they may be empty, not null.", parameterName);
    }

    internal static string? WhyDatabaseIsIllegal(string database) => database switch
    {
        "" => "is empty",
        _ when Encoding.UTF8.GetByteCount(database) > 63 => "is longer than 63 bytes",
        _ when database.AsSpan().ContainsAny(IllegalInDatabase) => "contains one of / \\ . \" $, a space or NUL",
        _ => null,
    };
}
