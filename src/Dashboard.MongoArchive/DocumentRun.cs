using System.Buffers.Binary;

namespace Dashboard.MongoArchive;

/// <summary>Looks at BSON documents that stand one after another, by their length prefixes alone.</summary>
internal static class DocumentRun
{
    /// <summary>The number of documents; throws unless they are whole, within the size limit and nothing else.</summary>
    public static int Count(ReadOnlySpan<byte> documents, ArchiveNamespace announced)
    {
        var count = 0;
        var at = 0;
        for (; at < documents.Length; count++)
        {
            var rest = documents[at..];
            var length = rest.Length < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(rest);
            if (length < ArchiveFormat.MinDocumentBytes || length > rest.Length)
                throw Malformed($"its length says {length} bytes and {rest.Length} are there");
            if (length > announced.MaxDocumentBytes)
                throw Malformed($"it has {length} bytes and an archive allows {announced.MaxDocumentBytes}");
            if (rest[length - 1] != 0)
                throw Malformed("its last byte is not 0");
            at += length;
        }
        return count;

        ArgumentException Malformed(string why) => new(
            $"The document at byte {at} of a run for {announced.FullName} is not a whole BSON document: {why}. Hand over whole documents as the cursor delivered them.",
            nameof(documents));
    }
}
