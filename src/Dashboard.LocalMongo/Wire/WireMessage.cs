using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Dashboard.LocalMongo.Wire;

/// <summary>One request of a client, in a pooled buffer that is given back by <see cref="Dispose"/>.</summary>
internal sealed class WireMessage : IDisposable
{
    public const int MaxSize = 48_000_000;
    public const int HeaderSize = 16;
    public const int OpReply = 1;
    public const int OpQuery = 2004;
    public const int OpMsg = 2013;

    private const uint ChecksumPresent = 1;
    private const uint MoreToCome = 2;
    private const uint RequiredFlags = 0xFFFF;

    private byte[]? _buffer;

    private WireMessage(byte[] buffer, int requestId, int opCode)
    {
        _buffer = buffer;
        RequestId = requestId;
        OpCode = opCode;
    }

    public int RequestId { get; }

    public int OpCode { get; }

    /// <summary>The client wants no answer (write concern 0).</summary>
    public bool IsOneWay { get; private set; }

    public RawBson Body { get; private set; }

    /// <summary>The documents of the kind 1 section, one after the other; empty where the command has none.</summary>
    public ReadOnlyMemory<byte> Sequence { get; private set; }

    /// <summary>Reads the next message; null when the client has closed the connection between two.</summary>
    public static async ValueTask<WireMessage?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderSize];
        var read = await stream.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellationToken);
        if (read < HeaderSize) return null;

        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        var opCode = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12));
        if (length is < HeaderSize or > MaxSize || opCode is not (OpMsg or OpQuery))
            throw new InvalidDataException($"A message of {length} bytes with operation code {opCode} is not MongoDB's protocol of today.");

        var buffer = ArrayPool<byte>.Shared.Rent(length);
        var message = new WireMessage(buffer, BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)), opCode);
        try
        {
            var payload = buffer.AsMemory(0, length - HeaderSize);
            await stream.ReadExactlyAsync(payload, cancellationToken);
            if (opCode == OpMsg) message.ParseMsg(payload);
            else message.ParseQuery(payload);
            return message;
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
    }

    private void ParseMsg(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length < 5) throw new InvalidDataException("An OP_MSG without a section.");
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(payload.Span);
        if ((flags & RequiredFlags & ~(ChecksumPresent | MoreToCome)) != 0) throw new InvalidDataException($"Unknown OP_MSG flags {flags:x}.");
        IsOneWay = (flags & MoreToCome) != 0;

        var rest = payload[4..];
        if ((flags & ChecksumPresent) != 0) rest = rest[..^4];
        while (!rest.IsEmpty)
        {
            var kind = rest.Span[0];
            rest = rest[1..];
            if (kind == 0)
            {
                Body = RawBson.At(rest);
                rest = rest[Body.Bytes.Length..];
            }
            else
            {
                rest = kind == 1 ? ParseSequence(rest) : throw new InvalidDataException($"Unknown OP_MSG section kind {kind}.");
            }
        }

        if (Body.Bytes.IsEmpty) throw new InvalidDataException("An OP_MSG without a body.");
    }

    private ReadOnlyMemory<byte> ParseSequence(ReadOnlyMemory<byte> rest)
    {
        var size = rest.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        if (size < 5 || size > rest.Length) throw new InvalidDataException("An OP_MSG section has a wrong length.");
        var section = rest[4..size];
        var name = section.Span.IndexOf((byte)0);
        if (name < 0 || !Sequence.IsEmpty) throw new InvalidDataException("An OP_MSG has a second or nameless document section.");
        Sequence = section[(name + 1)..];
        return rest[size..];
    }

    private void ParseQuery(ReadOnlyMemory<byte> payload)
    {
        // flags, collection name, number to skip, number to return, query
        var name = payload.Length < 5 ? -1 : payload.Span[4..].IndexOf((byte)0);
        if (name < 0 || payload.Length < name + 13) throw new InvalidDataException("An OP_QUERY that ends too early.");
        var query = RawBson.At(payload[(4 + name + 1 + 8)..]);
        Database = Encoding.UTF8.GetString(payload.Span.Slice(4, name)).Split('.')[0];
        Body = query.Document("$query") ?? query;
    }

    /// <summary>The database of an OP_QUERY, whose body does not name it.</summary>
    public string? Database { get; private set; }
}
