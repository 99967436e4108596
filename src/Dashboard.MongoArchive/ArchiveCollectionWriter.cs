using MongoDB.Bson;

namespace Dashboard.MongoArchive;

/// <summary>
/// Takes the documents of one namespace into an <see cref="ArchiveWriter"/>. Calls may come from several threads; those of one
/// namespace are taken one after another. Until <see cref="CompleteAsync"/> the namespace counts as open.
/// </summary>
public sealed class ArchiveCollectionWriter
{
    private readonly ArchiveWriter _archive;
    private volatile NamespaceTotals _totals;
    private bool _hasBlocks;
    private volatile bool _isComplete;

    internal ArchiveCollectionWriter(ArchiveWriter archive, ArchiveNamespace announced, string physicalCollection)
    {
        _archive = archive;
        _totals = NamespaceTotals.None(announced);
        Namespace = announced;
        PhysicalCollection = physicalCollection;
        BlockHeader = Header(endOfFile: false, crc: 0);
    }

    /// <summary>What the prelude said about it.</summary>
    public ArchiveNamespace Namespace { get; }

    /// <summary>The documents written so far; may be read at any time, from any thread.</summary>
    public long Documents => _totals.Documents;

    /// <summary>The bytes of BSON written so far; may be read at any time, from any thread.</summary>
    public long Bytes => _totals.Bytes;

    /// <summary>What is written so far, with checksum and digest; may be read at any time, from any thread.</summary>
    public NamespaceTotals Totals => _totals;

    /// <summary>The end block is written.</summary>
    public bool IsComplete => _isComplete;

    private string PhysicalCollection { get; }

    private ReadOnlyMemory<byte> BlockHeader { get; }

    /// <summary>
    /// Writes a run of whole raw BSON documents, such as the batch of a cursor, without decoding them. Completes when the
    /// archive's stream has taken them (its pace is the caller's), and the memory is the caller's again.
    /// Large runs (1 MiB and more) cost least: each change of namespace takes some hundred bytes of the archive.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The bytes are not whole documents of at most 16 MiB, or the namespace is a view. Nothing was written; the archive can go on.
    /// </exception>
    /// <exception cref="InvalidOperationException">The namespace or the archive is complete.</exception>
    /// <exception cref="IOException">The stream failed, now or before; the archive cannot be continued.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> documents, CancellationToken cancellationToken)
    {
        if (Namespace.IsView && documents.Length > 0)
            throw new ArgumentException($"{Namespace.FullName} is a view and cannot hold documents in an archive.", nameof(documents));
        var count = DocumentRun.Count(documents.Span, Namespace);
        var digest = ContentDigest.Of(documents.Span);
        await _archive.WriteAsync(this, async output =>
        {
            if (count == 0)
                return;
            await output.OpenBlockAsync(this, BlockHeader, cancellationToken);
            await output.WriteAsync(documents, cancellationToken);
            _hasBlocks = true;
            // The checksum follows the order in the stream, so it is taken in turn too.
            _totals = _totals.With(documents.Span, count, digest);
        }, cancellationToken);
    }

    /// <summary>Writes the end block with the checksum: to be called only when every document of the namespace has been written.</summary>
    /// <exception cref="InvalidOperationException">The namespace or the archive is complete.</exception>
    /// <exception cref="IOException">The stream failed, now or before; the archive cannot be continued.</exception>
    public ValueTask CompleteAsync(CancellationToken cancellationToken) =>
        _archive.WriteAsync(this, async output =>
        {
            // mongodump gives an empty namespace an empty data block too.
            if (!_hasBlocks)
                await output.OpenBlockAsync(this, BlockHeader, cancellationToken);
            await output.OpenBlockAsync(null, Header(endOfFile: true, _totals.Crc), cancellationToken);
            _isComplete = true;
        }, cancellationToken);

    internal void ThrowIfComplete()
    {
        if (IsComplete)
            throw new InvalidOperationException($"{Namespace.FullName} is complete; an archive cannot open a namespace again.");
    }

    /// <summary>Exactly these four fields and types: mongorestore decodes them strictly from 100.14.0 on.</summary>
    private byte[] Header(bool endOfFile, ulong crc) =>
        new BsonDocument
        {
            { "db", Namespace.Database },
            { "collection", PhysicalCollection },
            { "EOF", endOfFile },
            { "CRC", unchecked((long)crc) },
        }.ToBson();
}
