namespace Dashboard.MongoArchive;

/// <summary>A stretch of documents of one namespace as they stand in the archive, or the end of that namespace.</summary>
/// <param name="Namespace">What the prelude said about it.</param>
/// <param name="Documents">Whole raw BSON documents one after another; valid until the next run is asked for. Empty at the end.</param>
/// <param name="Count">The number of documents; 0 at the end.</param>
/// <param name="Offset">The place of the first document in the archive, in bytes before compression.</param>
/// <param name="End">At the end of the namespace, its totals, the checksum found right; null before.</param>
public readonly record struct ArchiveRun(
    ArchiveNamespace Namespace, ReadOnlyMemory<byte> Documents, int Count, long Offset, NamespaceTotals? End);
