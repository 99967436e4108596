using System.Text;
using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Dashboard.MongoArchive;

/// <summary>
/// The metadata JSON of a prelude entry, written as mongodump does: one line of canonical Extended JSON v2 without
/// spaces, the keys in its order, those of the server's documents in theirs.
/// </summary>
internal static class ArchiveMetadata
{
    // The server nests to 180 levels at most; a parser that recurses must not meet a hostile million.
    private const int MaxNesting = 200;

    private static readonly JsonWriterSettings Canonical = new()
    {
        OutputMode = JsonOutputMode.CanonicalExtendedJson,
        MaxSerializationDepth = MaxNesting + 10,
    };

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
        return Compact(metadata.ToJson(Canonical));
    }

    /// <summary>Takes out the driver's spaces and its escapes of characters that JSON can carry as they are.</summary>
    private static string Compact(string json)
    {
        var compact = new StringBuilder(json.Length);
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var character = json[i];
            if (character == '"')
                inString = !inString;
            if (character == ' ' && !inString)
                continue;
            compact.Append(character);
            if (character != '\\')
                continue;
            character = json[++i];
            if (character == 'u' && Convert.ToUInt16(json.Substring(i + 1, 4), 16) is >= 0x80 and var code)
            {
                compact[^1] = (char)code;
                i += 4;
            }
            else
            {
                compact.Append(character);
            }
        }
        return compact.ToString();
    }
}
