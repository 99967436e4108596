using Dashboard.MongoArchive;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>
/// What a load has put into the target. Nothing in it expires yet: a server would delete from the copy before it could be compared.
/// <see cref="FinishAsync"/> makes the expiries valid, to be called when the comparison is done and right before the collections are published.
/// </summary>
/// <param name="Collections">Everything loaded, in the order of the archive's announcements; views included.</param>
/// <param name="Expiries">What <see cref="FinishAsync"/> will make valid.</param>
public sealed record LoadResult(IMongoDatabase Target, IReadOnlyList<LoadedCollection> Collections, IReadOnlyList<DeferredExpiry> Expiries)
{
    /// <summary>Makes every expiry valid. Takes a moment each, since the indexes are built already. May be repeated.</summary>
    /// <exception cref="CopyException">The server refused one; it names the collection.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        foreach (var expiry in Expiries)
            await expiry.ApplyAsync(Target, cancellationToken);
    }
}

/// <summary>One collection, time series or view as it came out of the archive.</summary>
/// <param name="Source">As the archive announced it.</param>
/// <param name="Name">Its name in the target database.</param>
/// <param name="Totals">Documents, bytes and checksum, which was found right.</param>
/// <param name="Digest">Of its documents, whatever their order; of a time series those are its buckets.</param>
public sealed record LoadedCollection(ArchiveNamespace Source, string Name, NamespaceTotals Totals, ContentDigest Digest);
