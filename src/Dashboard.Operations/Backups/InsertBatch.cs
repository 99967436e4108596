using System.Buffers.Binary;
using System.Globalization;
using MongoDB.Bson;
using MongoDB.Bson.IO;

namespace Dashboard.Operations.Backups;

/// <summary>
/// An insert command that is put together from raw documents, byte by byte as it goes to the server, and then used again for another.
/// </summary>
internal sealed class InsertBatch
{
    /// <summary>A full batch; one document may be larger.</summary>
    public const int TargetBytes = 2 << 20;

    // Below the 25,000 of LocalMongo and the 100,000 of a server.
    private const int MaxDocuments = 10_000;

    // Of each document beside its bytes: type, running number, zero; of the command: the ends of array and command.
    private const int ElementBytes = 12;
    private const int EndBytes = 2;

    private byte[] _buffer = new byte[TargetBytes + (64 * 1024)];
    private int _length;
    private int _transactionAt;
    private int _arrayAt;

    public int Count { get; private set; }

    public int DocumentBytes { get; private set; }

    /// <summary>Kept for the next use; a buffer that one large document needed is not.</summary>
    public bool IsReusable => _buffer.Length <= 2 * TargetBytes;

    /// <summary>Empties the batch.</summary>
    /// <param name="command">The command up to its documents, with <c>txnNumber</c> last where writes may be repeated.</param>
    public void Begin(byte[] command)
    {
        (Count, DocumentBytes) = (0, 0);
        _length = command.Length - 1;
        command.AsSpan(0, _length).CopyTo(_buffer);
        _transactionAt = _length - sizeof(long);
        _buffer[_length++] = (byte)BsonType.Array;
        "documents\0"u8.CopyTo(_buffer.AsSpan(_length));
        _length += "documents\0"u8.Length;
        _arrayAt = _length;
        _length += sizeof(int);
    }

    public bool HasRoomFor(int documentBytes) => Count == 0 || (Count < MaxDocuments && DocumentBytes + documentBytes <= TargetBytes);

    public void Append(ReadOnlySpan<byte> document)
    {
        var needed = _length + document.Length + ElementBytes + EndBytes;
        if (needed > _buffer.Length)
            Array.Resize(ref _buffer, needed + 4096);
        _buffer[_length++] = (byte)BsonType.Document;
        Count.TryFormat(_buffer.AsSpan(_length), out var digits, provider: CultureInfo.InvariantCulture);
        _length += digits;
        _buffer[_length++] = 0;
        document.CopyTo(_buffer.AsSpan(_length));
        _length += document.Length;
        DocumentBytes += document.Length;
        Count++;
    }

    /// <summary>The command over this batch's own memory: valid until the batch is begun anew. May be called again with another number.</summary>
    public RawBsonDocument Command(long? transactionNumber)
    {
        if (transactionNumber is { } number)
            BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_transactionAt), number);
        _buffer[_length] = 0;
        _buffer[_length + 1] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_arrayAt), _length + 1 - _arrayAt);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, _length + EndBytes);
        return new RawBsonDocument(new ByteArrayBuffer(_buffer, _length + EndBytes, isReadOnly: true));
    }
}
