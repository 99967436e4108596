using MongoDB.Bson;

namespace Dashboard.MongoArchive;

/// <summary>
/// The metadata JSON of a prelude entry, written as mongodump does: one line of canonical Extended JSON v2 without
/// spaces, the keys in its order, those of the server's documents in theirs.
/// </summary>
internal static class ArchiveMetadata
{
    public static byte[] ToEntry(ArchiveNamespace announced)
    {
        var entry = new BsonDocument
        {
            { "db", announced.Database },
            { "collection", announced.Collection },
            { "metadata", announced.HasMetadata ? ToJson(announced) : "" },
            { "size", 0 },
            { "type", announced.Type },
        }.ToBson();
        return entry.Length <= ArchiveFormat.MaxDocumentBytes
            ? entry
            : throw new ArgumentException(
                $"The options and indexes of {announced.FullName} take {entry.Length} bytes as metadata; an archive holds at most {ArchiveFormat.MaxDocumentBytes}.",
                nameof(announced));
    }

    public static string ToJson(ArchiveNamespace announced)
    {
        var metadata = new BsonDocument();
        if (announced.Options.ElementCount > 0)
            metadata.Add("options", announced.Options);
        metadata.Add("indexes", new BsonArray(announced.Indexes));
        if (announced.Uuid is { } uuid)
            metadata.Add("uuid", uuid.ToString("N"));
        metadata.Add("collectionName", announced.Collection);
        if (announced.Type.Length > 0)
            metadata.Add("type", announced.Type);
        return ExtendedJsonWriter.Write(metadata);
    }
}
