using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Dashboard.MongoArchive;

/// <summary>A gzip member of ours on its way through decompression: compressed bytes in, plain ones out, then used again.</summary>
internal sealed class GunzipMember
{
    private readonly byte[] _compressed = GC.AllocateUninitializedArray<byte>(GzipMember.MaxBytes);
    private readonly byte[] _plain = GC.AllocateUninitializedArray<byte>(GzipMember.PlainBytes);
    private readonly byte[] _more = new byte[1];
    private TaskCompletionSource<int> _done = NewSignal();
    private int _size;

    /// <summary>Where the member's bytes go, so many of them.</summary>
    public Memory<byte> Room(int size)
    {
        _size = size;
        return _compressed.AsMemory(0, size);
    }

    public void Decompress()
    {
        try
        {
            _done.SetResult(DecompressInto(_plain));
        }
        catch (Exception failure)
        {
            _done.SetException(failure);
        }
    }

    /// <summary>The plain bytes when they are there; an <see cref="InvalidDataException"/> says why there are none.</summary>
    public async Task<ReadOnlyMemory<byte>> PlainAsync(CancellationToken cancellationToken) =>
        _plain.AsMemory(0, await _done.Task.WaitAsync(cancellationToken));

    public void Reset() => _done = NewSignal();

    private static TaskCompletionSource<int> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int DecompressInto(byte[] plain)
    {
        var member = _compressed.AsSpan(0, _size);
        GzipMemberHeader.ThrowIfDamaged(member);
        var trailer = member[^GzipMemberHeader.TrailerBytes..];
        var length = BinaryPrimitives.ReadInt32LittleEndian(trailer[4..]);
        if (length < 0 || length > plain.Length)
            throw new InvalidDataException($"a gzip member says that {length} bytes come out of it; it cannot");
        using var feed = new Feed(_compressed, GzipMemberHeader.Bytes, _size - GzipMemberHeader.TrailerBytes);
        using var deflate = new DeflateStream(feed, CompressionMode.Decompress);
        if (deflate.ReadAtLeast(plain.AsSpan(0, length), length, throwOnEndOfStream: false) != length || deflate.Read(_more) != 0)
            throw new InvalidDataException("what comes out of a gzip member has not the length that it says");
        if (!feed.IsTakenExactly)
            throw new InvalidDataException("a gzip member's data do not end where the member does");
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != Crc32.HashToUInt32(plain.AsSpan(0, length)))
            throw new InvalidDataException("a gzip member's checksum is wrong");
        return length;
    }

    /// <summary>
    /// Gives the last byte by itself: who asks for it has not come to the end before, and who asks for more afterwards is cut.
    /// </summary>
    private sealed class Feed(byte[] bytes, int start, int end) : ReadingStream
    {
        private int _next = start;
        private bool _isAskedForMore;

        public bool IsTakenExactly => _next == end && !_isAskedForMore;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var given = Math.Min(count, _next < end - 1 ? end - 1 - _next : end - _next);
            bytes.AsSpan(_next, given).CopyTo(buffer.AsSpan(offset));
            _next += given;
            _isAskedForMore |= given == 0;
            return given;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
