using System.Buffers.Binary;
using System.Text;

namespace Dashboard.MongoArchive;

/// <summary>
/// Walks the top-level elements of one BSON document by its lengths and terminators, without decoding a value and without
/// recursion, so that no input can exhaust the stack or the heap.
/// </summary>
internal ref struct BsonFrame
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _document;
    private int _next;

    /// <summary>The document must have been cut out by its length prefix.</summary>
    public BsonFrame(ReadOnlySpan<byte> document)
    {
        _document = document;
        _next = 4;
        if (document[^1] != 0)
            throw Malformed("the document does not end in a zero byte");
    }

    public byte Type { get; private set; }

    public ReadOnlySpan<byte> NameBytes { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly string Name => Decode(NameBytes);

    /// <summary>Moves to the next element; false at the document's end. An <see cref="InvalidDataException"/> says what does not fit.</summary>
    public bool MoveNext()
    {
        Type = _document[_next];
        if (Type == 0)
            return _next == _document.Length - 1 ? false : throw Malformed("the document ends before its length says");
        var rest = _document[(_next + 1)..^1];
        var nameLength = rest.IndexOf((byte)0);
        if (nameLength < 0)
            throw Malformed("an element's name does not end");
        NameBytes = rest[..nameLength];
        rest = rest[(nameLength + 1)..];
        var size = SizeOfValue(rest);
        if (size < 0 || size > rest.Length)
            throw Malformed("an element reaches beyond the document");
        Value = rest[..(int)size];
        CheckEnds();
        _next += 1 + nameLength + 1 + (int)size;
        return true;
    }

    public readonly string ReadString() => Type == 0x02 ? Decode(Value[4..^1]) : throw Malformed($"'{Name}' is not a string");

    public readonly bool ReadBoolean() => Type == 0x08 ? Value[0] == 1 : throw Malformed($"'{Name}' is not a boolean");

    public readonly long ReadInt64() =>
        Type == 0x12 ? BinaryPrimitives.ReadInt64LittleEndian(Value) : throw Malformed($"'{Name}' is not a 64-bit integer");

    public readonly long ReadInteger() =>
        Type == 0x10 ? BinaryPrimitives.ReadInt32LittleEndian(Value) : ReadInt64();

    /// <summary>The bytes the value takes; negative or too large when its own length says so.</summary>
    private readonly long SizeOfValue(ReadOnlySpan<byte> rest) => Type switch
    {
        0x01 or 0x09 or 0x11 or 0x12 => 8,
        0x10 => 4,
        0x02 or 0x0D or 0x0E => 4 + AtLeast(Length(rest), 1),
        0x03 or 0x04 => AtLeast(Length(rest), 5),
        0x05 => 5 + AtLeast(Length(rest), 0),
        0x06 or 0x0A or 0x7F or 0xFF => 0,
        0x07 => 12,
        0x08 => 1,
        0x0B => SizeOfRegularExpression(rest),
        0x0C => 4 + AtLeast(Length(rest), 1) + 12,
        0x0F => AtLeast(Length(rest), 14),
        0x13 => 16,
        _ => throw Malformed($"an element has the unknown type 0x{Type:X2}"),
    };

    private readonly void CheckEnds()
    {
        var sound = Type switch
        {
            0x02 or 0x0D or 0x0E or 0x03 or 0x04 or 0x0F => Value[^1] == 0,
            0x0C => Value[^13] == 0,
            0x08 => Value[0] <= 1,
            _ => true,
        };
        if (!sound)
            throw Malformed("an element is not terminated or not a boolean");
    }

    private static int SizeOfRegularExpression(ReadOnlySpan<byte> rest)
    {
        var pattern = rest.IndexOf((byte)0);
        var options = pattern < 0 ? -1 : rest[(pattern + 1)..].IndexOf((byte)0);
        return options < 0 ? -1 : pattern + options + 2;
    }

    private readonly int Length(ReadOnlySpan<byte> rest) =>
        rest.Length < 4 ? throw Malformed("an element's length is cut off") : BinaryPrimitives.ReadInt32LittleEndian(rest);

    private readonly long AtLeast(int length, int minimum) =>
        length >= minimum ? length : throw Malformed($"an element's length is {length}");

    private readonly string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (ArgumentException)
        {
            throw Malformed("a text is not UTF-8");
        }
    }

    private readonly InvalidDataException Malformed(string problem) => new($"{problem}, {_next} bytes into the document");
}
