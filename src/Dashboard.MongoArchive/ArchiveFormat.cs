namespace Dashboard.MongoArchive;

/// <summary>The fixed numbers of the mongodump archive format, as the tools 100.x write and check them.</summary>
public static class ArchiveFormat
{
    /// <summary>The largest document an archive may carry, in bytes: 16 MiB inclusive. One byte more and mongorestore fails.</summary>
    public const int MaxDocumentBytes = 16 * 1024 * 1024;

    /// <summary>The largest oplog entry, in bytes: the server allows itself 16 KiB more for its own envelope.</summary>
    public const int MaxOplogEntryBytes = MaxDocumentBytes + (16 * 1024);

    /// <summary>The value of the header's <c>version</c> field; every 100.x release writes this one.</summary>
    public const string Version = "0.1";

    internal const uint Magic = 0x8199E26D;

    /// <summary>A document length of -1: ends the prelude and every block.</summary>
    internal const int Terminator = -1;

    internal const int MinDocumentBytes = 5;

    internal const string BucketPrefix = "system.buckets.";

    internal static ReadOnlyMemory<byte> TerminatorBytes { get; } = new byte[] { 0xFF, 0xFF, 0xFF, 0xFF };
}
