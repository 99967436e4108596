using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Dashboard.MongoArchive;

/// <summary>A stretch of the archive on its way through compression: plain bytes in, one gzip member out, then used again.</summary>
internal sealed class GzipMember
{
    // Matches reach 32 KiB back, so starting anew each MiB costs under one percent of size.
    internal const int PlainBytes = 1024 * 1024;

    // Deflate's worst case is nine bits for each literal at the fastest level.
    internal const int MaxBytes = PlainBytes + (PlainBytes / 8) + 4096;

    private readonly byte[] _plain = GC.AllocateUninitializedArray<byte>(PlainBytes);
    private readonly byte[] _compressed = GC.AllocateUninitializedArray<byte>(MaxBytes);
    private TaskCompletionSource<int> _done = NewSignal();
    private int _length;

    public bool IsFull => _length == _plain.Length;

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
        using var body = new MemoryStream(member, GzipMemberHeader.Bytes, member.Length - GzipMemberHeader.Bytes);
        using (var deflate = new DeflateStream(body, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
            deflate.Write(_plain, 0, _length);
        var end = GzipMemberHeader.Bytes + (int)body.Position;
        BinaryPrimitives.WriteUInt32LittleEndian(member.AsSpan(end), Crc32.HashToUInt32(_plain.AsSpan(0, _length)));
        BinaryPrimitives.WriteInt32LittleEndian(member.AsSpan(end + 4), _length);
        var size = end + GzipMemberHeader.TrailerBytes;
        GzipMemberHeader.Write(member.AsSpan(0, size));
        return size;
    }
}
