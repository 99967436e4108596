namespace Dashboard.MongoArchive;

/// <summary>What a proven archive holds.</summary>
/// <param name="Header">What the archive says about its making.</param>
/// <param name="IsGzip">The archive is compressed.</param>
/// <param name="Bytes">Its length before compression.</param>
/// <param name="MostOpenNamespaces">
/// The most namespaces open at one time. More than the header's <see cref="ArchiveHeader.ConcurrentCollections"/> (and than
/// the worker count given to it) make mongorestore hang.
/// </param>
/// <param name="Announced">Every namespace with its options and indexes.</param>
/// <param name="Totals">The documents, bytes and checksum of each, in the same order.</param>
public sealed record ArchiveReport(
    ArchiveHeader Header,
    bool IsGzip,
    long Bytes,
    int MostOpenNamespaces,
    IReadOnlyList<ArchiveNamespace> Announced,
    IReadOnlyList<NamespaceTotals> Totals);
