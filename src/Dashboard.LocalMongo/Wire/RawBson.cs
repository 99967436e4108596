using System.Buffers.Binary;
using System.Text;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace Dashboard.LocalMongo.Wire;

/// <summary>Looks into a BSON document where it lies, without turning it into objects.</summary>
internal readonly struct RawBson(ReadOnlyMemory<byte> bytes)
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>Takes the document at the start of <paramref name="buffer"/>, which may go on after it.</summary>
    public static RawBson At(ReadOnlyMemory<byte> buffer)
    {
        var length = buffer.Length < 5 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(buffer.Span);
        if (length < 5 || length > buffer.Length || buffer.Span[length - 1] != 0) throw Invalid("a document's length is wrong");
        return new RawBson(buffer[..length]);
    }

    public Elements GetEnumerator() => new(Bytes);

    public bool TryGet(string name, out RawElement found)
    {
        foreach (var element in this)
        {
            if (!element.IsNamed(name)) continue;
            found = element;
            return true;
        }

        found = default;
        return false;
    }

    public bool Has(string name) => TryGet(name, out _);

    public string? Text(string name) => TryGet(name, out var e) && e.Type == BsonType.String ? e.AsString() : null;

    public bool Flag(string name) => TryGet(name, out var e) && e.IsTrue();

    public long? Number(string name) => TryGet(name, out var e) ? e.AsNumber() : null;

    /// <summary>Null also where the value is no document.</summary>
    public RawBson? Document(string name) =>
        TryGet(name, out var e) && e.Type is BsonType.Document or BsonType.Array ? At(e.Value) : null;

    /// <summary>With one more field at its end, which it must not have yet.</summary>
    public ReadOnlyMemory<byte> With(string name, int value)
    {
        var longer = new byte[Bytes.Length + name.Length + 6];
        Bytes.Span[..^1].CopyTo(longer);
        var field = longer.AsSpan(Bytes.Length - 1);
        field[0] = (byte)BsonType.Int32;
        Encoding.ASCII.GetBytes(name, field[1..]);
        BinaryPrimitives.WriteInt32LittleEndian(field[(name.Length + 2)..], value);
        BinaryPrimitives.WriteInt32LittleEndian(longer, longer.Length);
        return longer;
    }

    public BsonDocument ToDocument() => BsonSerializer.Deserialize<BsonDocument>(Bytes.ToArray());

    private static MongoError Invalid(string what) => new(ErrorCodes.InvalidBson, $"The message is not valid BSON: {what}.");

    internal struct Elements(ReadOnlyMemory<byte> document)
    {
        private int _at = 4;

        public RawElement Current { get; private set; }

        public bool MoveNext()
        {
            var span = document.Span;
            if (_at >= span.Length - 1 || span[_at] == 0) return false;
            var nameLength = span[(_at + 1)..].IndexOf((byte)0);
            if (nameLength < 0) throw Invalid("a field name has no end");
            var value = _at + 1 + nameLength + 1;
            var size = ValueSize((BsonType)span[_at], span[value..]);
            if (size < 0 || size > span.Length - 1 - value) throw Invalid("a value is longer than its document");
            Current = new RawElement((BsonType)span[_at], document.Slice(_at + 1, nameLength), document.Slice(value, size));
            _at = value + size;
            return true;
        }

        private static int ValueSize(BsonType type, ReadOnlySpan<byte> value) => type switch
        {
            BsonType.Double or BsonType.DateTime or BsonType.Int64 or BsonType.Timestamp => 8,
            BsonType.Int32 => 4,
            BsonType.Boolean => 1,
            BsonType.ObjectId => 12,
            BsonType.Decimal128 => 16,
            BsonType.Null or BsonType.Undefined or BsonType.MinKey or BsonType.MaxKey => 0,
            BsonType.String or BsonType.JavaScript or BsonType.Symbol => 4 + Length(value),
            BsonType.Document or BsonType.Array or BsonType.JavaScriptWithScope => Length(value),
            BsonType.Binary => 5 + Length(value),
            BsonType.RegularExpression => RegexSize(value),
            (BsonType)0x0C => 4 + Length(value) + 12, // DBPointer: deprecated, but legal
            _ => throw Invalid($"type {(byte)type} is unknown"),
        };

        private static int Length(ReadOnlySpan<byte> value)
        {
            var length = value.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(value);
            return length is >= 0 and <= WireMessage.MaxSize ? length : throw Invalid("a value's length is wrong");
        }

        private static int RegexSize(ReadOnlySpan<byte> value)
        {
            var pattern = value.IndexOf((byte)0);
            var options = pattern < 0 ? -1 : value[(pattern + 1)..].IndexOf((byte)0);
            return options < 0 ? throw Invalid("a regular expression has no end") : pattern + options + 2;
        }
    }
}

/// <summary>One field of a <see cref="RawBson"/>; a view, valid as long as the buffer under it.</summary>
internal readonly struct RawElement(BsonType type, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value)
{
    public BsonType Type { get; } = type;

    public ReadOnlyMemory<byte> Value { get; } = value;

    public string Name => Encoding.UTF8.GetString(name.Span);

    public bool IsNamed(string other) =>
        name.Length == other.Length && Ascii.Equals(name.Span, other);

    public string AsString()
    {
        if (Type != BsonType.String) throw new MongoError(ErrorCodes.TypeMismatch, $"The field '{Name}' must be a string.");
        return Value.Length < 5 ? "" : Encoding.UTF8.GetString(Value.Span[4..^1]);
    }

    public long? AsNumber() => Type switch
    {
        BsonType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(Value.Span),
        BsonType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(Value.Span),
        BsonType.Double => (long)BinaryPrimitives.ReadDoubleLittleEndian(Value.Span),
        BsonType.Boolean => Value.Span[0],
        _ => null,
    };

    /// <summary>Of a document the name of its first field, such as that of a stage; null where there is none.</summary>
    public string? FirstName()
    {
        if (Type != BsonType.Document) return null;
        foreach (var field in RawBson.At(Value)) return field.Name;
        return null;
    }

    /// <summary>True as MongoDB takes options: <c>true</c> or any number but 0.</summary>
    public bool IsTrue() => AsNumber() is { } number && number != 0;
}
