using System.IO.Compression;

namespace Dashboard.MongoArchive;

/// <summary>
/// Decompresses gzip of any number of members and, unlike <see cref="GZipStream"/>, notices when the file is cut or
/// something follows the last member.
/// </summary>
/// <remarks>
/// GZipStream ends silently in both cases. So when the file is at its end, one zero byte more is fed to it: after a whole
/// member it recognises that as no further member and stops without asking again; inside a member it swallows it and
/// asks for more, and the file was cut; and if it stops before the zero byte, something foreign stood in the way.
/// </remarks>
internal sealed class GunzipStream : ReadingStream
{
    private readonly Feed _feed;
    private readonly GZipStream _gzip;
    private long _plainBytes;

    /// <param name="compressed">Is left open.</param>
    /// <param name="plainBytes">How many plain bytes came before, for the place that an error names.</param>
    public GunzipStream(Stream compressed, long plainBytes)
    {
        _plainBytes = plainBytes;
        _feed = new Feed(compressed);
        _gzip = new GZipStream(_feed, CompressionMode.Decompress, leaveOpen: true);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await _gzip.ReadAsync(buffer, cancellationToken);
            if (count == 0 && buffer.Length > 0 && !_feed.IsSentinelTaken)
                throw Damaged("something follows the last gzip member");
            _plainBytes += count;
            return count;
        }
        catch (EndOfStreamException)
        {
            throw Damaged("the gzip file is cut");
        }
        catch (InvalidDataException failure)
        {
            throw Damaged($"the gzip file is damaged ({failure.Message.TrimEnd('.')})", failure);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _gzip.DisposeAsync();
        await base.DisposeAsync();
    }

    private ArchiveException Damaged(string problem, Exception? failure = null) => new(problem, null, _plainBytes, failure);

    private sealed class Feed(Stream compressed) : ReadingStream
    {
        private bool _isAtEnd;

        public bool IsSentinelTaken { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (IsSentinelTaken)
                throw new EndOfStreamException();
            if (!_isAtEnd)
            {
                var count = await compressed.ReadAsync(buffer, cancellationToken);
                if (count > 0)
                    return count;
                _isAtEnd = true;
            }
            IsSentinelTaken = true;
            buffer.Span[0] = 0;
            return 1;
        }
    }
}
