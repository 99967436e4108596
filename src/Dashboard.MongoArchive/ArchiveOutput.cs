namespace Dashboard.MongoArchive;

/// <summary>
/// Puts an archive's pieces one after another, gathering the many small ones so that the destination sees few and large
/// writes. Not safe for several callers.
/// </summary>
internal sealed class ArchiveOutput(Stream destination)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _buffered;
    private ArchiveCollectionWriter? _inBlock;

    /// <summary>The bytes given so far, those still gathered included.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// Terminates what stands before (the prelude or a block) and starts a block; a data block of the same collection is
    /// just carried on, so it has no size limit. A terminator is never written earlier than here: the last one is missing
    /// until the archive is complete, which is how a cut archive shows.
    /// </summary>
    public async ValueTask OpenBlockAsync(ArchiveCollectionWriter? collection, ReadOnlyMemory<byte> header, CancellationToken cancellationToken)
    {
        if (collection is not null && ReferenceEquals(_inBlock, collection))
            return;
        await WriteAsync(ArchiveFormat.TerminatorBytes, cancellationToken);
        await WriteAsync(header, cancellationToken);
        _inBlock = collection;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Length += bytes.Length;
        if (bytes.Length > _buffer.Length - _buffered)
            await DrainAsync(cancellationToken);
        if (bytes.Length >= _buffer.Length)
        {
            await destination.WriteAsync(bytes, cancellationToken);
            return;
        }
        bytes.CopyTo(_buffer.AsMemory(_buffered));
        _buffered += bytes.Length;
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await DrainAsync(cancellationToken);
        await destination.FlushAsync(cancellationToken);
    }

    private async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        if (_buffered == 0)
            return;
        await destination.WriteAsync(_buffer.AsMemory(0, _buffered), cancellationToken);
        _buffered = 0;
    }
}
