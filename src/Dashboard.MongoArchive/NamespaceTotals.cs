namespace Dashboard.MongoArchive;

/// <summary>What went into, or was found in, one namespace of an archive; two archives of equal totals carry equal documents in equal order.</summary>
/// <param name="Database">The database; empty for the oplog.</param>
/// <param name="Collection">The collection as announced in the prelude.</param>
/// <param name="Documents">The number of documents.</param>
/// <param name="Bytes">The bytes of the documents as BSON, without the archive's own framing.</param>
/// <param name="Crc">The CRC-64/XZ over these bytes in stream order; 0 when there are none.</param>
/// <param name="Digest">Of the documents whatever their order, to compare with what was restored or is in a database.</param>
public sealed record NamespaceTotals(string Database, string Collection, long Documents, long Bytes, ulong Crc, ContentDigest Digest)
{
    /// <summary>The database and the collection with a dot between.</summary>
    public string FullName => $"{Database}.{Collection}";

    internal static NamespaceTotals None(ArchiveNamespace announced) => new(announced.Database, announced.Collection, 0, 0, 0, default);

    /// <summary>These with a run of documents more.</summary>
    internal NamespaceTotals With(ReadOnlySpan<byte> documents, int count, ContentDigest digest) => this with
    {
        Documents = Documents + count,
        Bytes = Bytes + documents.Length,
        Crc = Crc64.Append(Crc, documents),
        Digest = Digest + digest,
    };
}
