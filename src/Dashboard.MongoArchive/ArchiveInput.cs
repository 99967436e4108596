using System.Buffers.Binary;

namespace Dashboard.MongoArchive;

/// <summary>A window onto the archive's bytes that holds at least one whole document, and knows where in the archive it is.</summary>
internal sealed class ArchiveInput(Stream source)
{
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(1024 * 1024);
    private int _start;
    private int _end;

    /// <summary>The place of the next unread byte.</summary>
    public long Offset { get; private set; }

    /// <summary>What has arrived and is unread.</summary>
    public ReadOnlyMemory<byte> Available => _buffer.AsMemory(_start, _end - _start);

    public void Advance(int count)
    {
        _start += count;
        Offset += count;
    }

    /// <summary>Makes sure that so many unread bytes are there; false when the archive ends before. What was handed out may move.</summary>
    public async ValueTask<bool> HasAsync(int count, CancellationToken cancellationToken)
    {
        if (_end - _start >= count)
            return true;
        MakeRoom(count);
        while (_end - _start < count)
        {
            var read = await source.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
                return false;
            _end += read;
        }
        return true;
    }

    /// <summary>The length prefix of the next document, or the terminator.</summary>
    public int PeekLength() => BinaryPrimitives.ReadInt32LittleEndian(Available.Span);

    private void MakeRoom(int count)
    {
        var target = _buffer;
        if (count > _buffer.Length)
            target = new byte[Math.Max(count, Math.Min(2 * _buffer.Length, ArchiveFormat.MaxOplogEntryBytes))];
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        _buffer = target;
        _end -= _start;
        _start = 0;
    }
}
