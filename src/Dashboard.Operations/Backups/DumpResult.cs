using Dashboard.MongoArchive;
using MongoDB.Bson;

namespace Dashboard.Operations.Backups;

/// <summary>How a database is to be read.</summary>
public sealed record DumpOptions
{
    /// <summary>As many as mongodump reads at once.</summary>
    public const int DefaultConcurrency = 4;

    /// <summary>Collections read at once, at least 1; what the archive's header says.</summary>
    public int ConcurrentCollections { get; init; } = DefaultConcurrency;

    /// <summary>The best level to try for; the level reached is in the result.</summary>
    public Consistency Consistency { get; init; } = Consistency.Snapshot;
}

/// <summary>What a dump has put into its archive.</summary>
/// <param name="Collections">Every collection and view, in the order of the names.</param>
/// <param name="Consistency">The level reached; <see cref="Consistency.Snapshot"/> only when every collection was read at the one moment.</param>
/// <param name="ClusterTime">The moment, where one was reached.</param>
public sealed record DumpResult(IReadOnlyList<DumpedCollection> Collections, Consistency Consistency, BsonTimestamp? ClusterTime);

/// <summary>One collection or view as it went into the archive.</summary>
/// <param name="Namespace">Its options and indexes, as the archive announces them.</param>
/// <param name="Totals">Documents, bytes and checksum.</param>
/// <param name="Digest">Of its documents, whatever their order; of a time series those are its buckets.</param>
public sealed record DumpedCollection(ArchiveNamespace Namespace, NamespaceTotals Totals, ContentDigest Digest);
