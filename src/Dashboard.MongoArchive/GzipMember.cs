using System.Buffers.Binary;
using System.IO.Compression;

namespace Dashboard.MongoArchive;

/// <summary>A stretch of the archive on its way through compression: plain bytes in, one gzip member out, then used again.</summary>
/// <remarks>
/// The member's header carries its own compressed size in an extra field (RFC 1952 §2.3.1.1, subfield "DA"), which gunzip
/// and Go skip: a reader that knows it can hand members to several processors without decompressing to find them.
/// </remarks>
internal sealed class GzipMember
{
    // Matches reach 32 KiB back, so starting anew each MiB costs under one percent of size.
    internal const int PlainBytes = 1024 * 1024;

    internal const int HeaderBytes = 10;
    internal const int ExtraBytes = 2 + 4 + 4;
    internal const byte HasExtraFlag = 4;

    private readonly byte[] _plain = new byte[PlainBytes];
    // Deflate's worst case is nine bits for each literal at the fastest level.
    private readonly byte[] _compressed = new byte[PlainBytes + (PlainBytes / 8) + 4096];
    private TaskCompletionSource<int> _done = NewSignal();
    private int _length;

    public bool IsFull => _length == _plain.Length;

    /// <summary>The length prefix of the extra field, the subfield's name and the length of its value.</summary>
    internal static ReadOnlySpan<byte> ExtraMark => [8, 0, (byte)'D', (byte)'A', 4, 0];

    /// <summary>Takes as many of the bytes as fit and tells how many.</summary>
    public int Fill(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, _plain.Length - _length);
        bytes[..taken].CopyTo(_plain.AsSpan(_length));
        _length += taken;
        return taken;
    }

    public void Compress(int level)
    {
        try
        {
            _done.SetResult(CompressInto(_compressed, level));
        }
        catch (Exception failure)
        {
            _done.SetException(failure);
        }
    }

    public async Task<ReadOnlyMemory<byte>> CompressedAsync(CancellationToken cancellationToken) =>
        _compressed.AsMemory(0, await _done.Task.WaitAsync(cancellationToken));

    public void Reset()
    {
        _length = 0;
        _done = NewSignal();
    }

    private static TaskCompletionSource<int> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int CompressInto(byte[] member, int level)
    {
        // Room for the extra field stays free in front; the header then moves over it.
        using var body = new MemoryStream(member, ExtraBytes, member.Length - ExtraBytes);
        using (var gzip = new GZipStream(body, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
            gzip.Write(_plain, 0, _length);
        var size = ExtraBytes + (int)body.Position;
        member.AsSpan(ExtraBytes, HeaderBytes).CopyTo(member);
        member[3] |= HasExtraFlag;
        ExtraMark.CopyTo(member.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteInt32LittleEndian(member.AsSpan(HeaderBytes + ExtraMark.Length), size);
        return size;
    }
}
