using MongoDB.Bson;

namespace Dashboard.MongoArchive;

/// <summary>Understands the documents before the first block. What does not fit is an <see cref="InvalidDataException"/>.</summary>
internal static class ArchivePrelude
{
    /// <summary>The header, and the prelude's checksum when it is an archive of ours.</summary>
    public static (ArchiveHeader Header, ulong? PreludeCrc) ParseHeader(ReadOnlySpan<byte> document)
    {
        long? concurrent = null;
        string? version = null;
        string? server = null;
        string? tool = null;
        for (var frame = new BsonFrame(document); frame.MoveNext();)
        {
            switch (frame.Name)
            {
                case "concurrent_collections": concurrent = frame.ReadInteger(); break;
                case "version": version = frame.ReadString(); break;
                case "server_version": server = frame.ReadString(); break;
                case "tool_version": tool = frame.ReadString(); break;
            }
        }
        if (version != ArchiveFormat.Version)
            throw new InvalidDataException($"the archive's format version is '{version}', known is {ArchiveFormat.Version}");
        if (concurrent is not (>= 0 and <= int.MaxValue) || server is null || tool is null)
            throw new InvalidDataException("the archive's header lacks concurrent_collections, server_version or tool_version");
        (tool, var preludeCrc) = PreludeSeal.Take(tool);
        return (new ArchiveHeader((int)concurrent, server, tool), preludeCrc);
    }

    /// <summary>The entry; its name comes first, so that a problem with the rest can be told with it.</summary>
    public static ArchiveNamespace ParseEntry(ReadOnlySpan<byte> document, out string? name)
    {
        name = null;
        string? database = null;
        string? collection = null;
        string? type = null;
        string? metadata = null;
        for (var frame = new BsonFrame(document); frame.MoveNext();)
        {
            switch (frame.Name)
            {
                case "db": database = frame.ReadString(); break;
                case "collection": collection = frame.ReadString(); break;
                case "metadata": metadata = frame.ReadString(); break;
                case "type": type = frame.ReadString(); break;
            }
        }
        if (database is null || string.IsNullOrEmpty(collection))
            throw new InvalidDataException("an entry of the prelude lacks db or collection");
        name = $"{database}.{collection}";
        var entry = new ArchiveNamespace { Database = database, Collection = collection, Type = type ?? "" };
        if (!entry.IsOplog && ArchiveNamespace.WhyDatabaseIsIllegal(database) is { } reason)
            throw new InvalidDataException($"the database name {reason}");
        if (metadata is null)
            throw new InvalidDataException("the entry in the prelude lacks metadata");
        return metadata.Length == 0 ? entry : WithMetadata(entry, ExtendedJsonParser.Parse(metadata), type);
    }

    private static ArchiveNamespace WithMetadata(ArchiveNamespace entry, BsonDocument metadata, string? type)
    {
        var options = metadata.GetValue("options", new BsonDocument()) as BsonDocument;
        var indexes = metadata.GetValue("indexes", BsonNull.Value) as BsonArray;
        if (options is null || indexes is null || !indexes.All(one => one.IsBsonDocument))
            throw new InvalidDataException("the metadata's options or indexes are missing or of a wrong type");
        if (metadata.TryGetValue("collectionName", out var collection) && collection != entry.Collection)
            throw new InvalidDataException($"the metadata is that of '{collection}'");
        if (metadata.TryGetValue("type", out var kind) && type is not null && kind != type)
            throw new InvalidDataException($"the metadata calls it a {kind}, the prelude a {type}");
        Guid? uuid = null;
        if (metadata.TryGetValue("uuid", out var text))
            uuid = text.IsString && Guid.TryParseExact(text.AsString, "N", out var parsed)
                ? parsed
                : throw new InvalidDataException("the metadata's uuid is not 32 hex digits");
        return entry with
        {
            Type = type ?? (kind?.IsString == true ? kind.AsString : ""),
            Options = options,
            Indexes = [.. indexes.Cast<BsonDocument>()],
            Uuid = uuid,
        };
    }
}
