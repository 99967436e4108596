using Dashboard.MongoArchive;

namespace Dashboard.Operations.Backups;

/// <summary>What of an archive goes where, and how much at once.</summary>
public sealed record LoadOptions
{
    /// <summary>
    /// The name that a collection, time series or view gets in the target database; null leaves it out (its bytes are still read and its
    /// checksum checked). The oplog and the users and roles of an archive are always left out.
    /// </summary>
    public required Func<ArchiveNamespace, string?> NameOf { get; init; }

    /// <summary>Views look at the collections under their new names; false keeps the names that the archive has.</summary>
    public bool MapViews { get; init; }

    /// <summary>Inserts on their way at once, over all collections; each holds up to 2 MiB, or one larger document.</summary>
    public int ConcurrentInserts { get; init; } = 4;

    /// <summary>Collections whose indexes are built at once, while others are still being filled.</summary>
    public int ConcurrentIndexBuilds { get; init; } = 4;

    /// <summary>False leaves the collections without any index but that of _id, and nothing in them expires.</summary>
    public bool BuildsIndexes { get; init; } = true;

    /// <summary>What will come, by collection of the archive, as a manifest says; where it is silent, nobody knows.</summary>
    public IReadOnlyDictionary<string, CollectionSize> Expected { get; init; } = new Dictionary<string, CollectionSize>(StringComparer.Ordinal);
}
