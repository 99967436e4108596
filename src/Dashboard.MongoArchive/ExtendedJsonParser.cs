using System.Globalization;
using System.Text;
using System.Text.Json;
using MongoDB.Bson;

namespace Dashboard.MongoArchive;

/// <summary>
/// Reads the metadata JSON of an archive: canonical Extended JSON v2, and the relaxed numbers, dates and binaries that tools
/// before 100.0 wrote. Strict JSON, bounded depth, and nothing taken for a type that is none: the driver's parser turns the
/// query <c>{"$regex": "…", "$options": "…"}</c> of a validator into a regular expression and cannot give it back.
/// What does not fit is an <see cref="InvalidDataException"/>.
/// </summary>
internal static class ExtendedJsonParser
{
    // A type takes two levels more than the deepest document.
    private const int MaxDepth = ExtendedJsonWriter.MaxDepth + 2;

    public static BsonDocument Parse(string json)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new FormatException("it is not one object");
            var document = Members(ref reader);
            return reader.Read() ? throw new FormatException("something follows it") : document;
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"the metadata is not Extended JSON: {failure.Message}", failure);
        }
    }

    private static BsonValue Value(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => TypeOf(Members(ref reader)),
        JsonTokenType.StartArray => Items(ref reader),
        JsonTokenType.String => reader.GetString() ?? "",
        JsonTokenType.Number => Number(ref reader),
        JsonTokenType.True => BsonBoolean.True,
        JsonTokenType.False => BsonBoolean.False,
        _ => BsonNull.Value,
    };

    private static BsonDocument Members(ref Utf8JsonReader reader)
    {
        var document = new BsonDocument();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString() ?? "";
            reader.Read();
            document.Add(name, Value(ref reader));
        }
        return document;
    }

    private static BsonArray Items(ref Utf8JsonReader reader)
    {
        var array = new BsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            array.Add(Value(ref reader));
        return array;
    }

    private static BsonValue Number(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt32(out var small))
            return small;
        return reader.TryGetInt64(out var large) ? new BsonInt64(large) : new BsonDouble(reader.GetDouble());
    }

    /// <summary>The value that the object stands for when its first name is that of a type, else the object.</summary>
    private static BsonValue TypeOf(BsonDocument document)
    {
        if (document.ElementCount == 0 || !document.GetElement(0).Name.StartsWith('$'))
            return document;
        var (name, value) = (document.GetElement(0).Name, document.GetElement(0).Value);
        BsonValue? known = name switch
        {
            "$numberInt" => new BsonInt32(int.Parse(Text(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
            "$numberLong" => new BsonInt64(long.Parse(Text(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
            "$numberDouble" => new BsonDouble(double.Parse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture)),
            "$numberDecimal" => new BsonDecimal128(Decimal128.Parse(Text(value))),
            "$oid" => new BsonObjectId(ObjectId.Parse(Text(value))),
            "$symbol" => (BsonSymbol)Text(value),
            "$date" => Date(value),
            "$timestamp" => Timestamp(Fields(value, "t", "i")),
            "$minKey" => BsonMinKey.Value,
            "$maxKey" => BsonMaxKey.Value,
            "$undefined" => BsonUndefined.Value,
            "$binary" => Binary(document, value),
            "$regularExpression" => RegularExpression(Fields(value, "pattern", "options")),
            "$code" => Code(document, value),
            _ => null,
        };
        if (known is null)
            return document;
        var names = (name, value.IsString) switch { ("$code", _) => 2, ("$binary", true) => 2, _ => 1 };
        return document.ElementCount <= names ? known : throw new FormatException($"{name} has more beside it");
    }

    private static string Text(BsonValue value) => value.IsString ? value.AsString : throw new FormatException("a type's value is not a text");

    private static BsonDocument Fields(BsonValue value, string first, string second) =>
        value is BsonDocument { ElementCount: 2 } document && document.Contains(first) && document.Contains(second)
            ? document
            : throw new FormatException($"a type's value lacks {first} or {second}");

    private static BsonDateTime Date(BsonValue value) => value.IsString
        ? new BsonDateTime(DateTimeOffset.Parse(value.AsString, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds())
        : new BsonDateTime(value.IsInt32 || value.IsInt64 ? value.ToInt64() : throw new FormatException("a date is neither a text nor a number"));

    private static BsonTimestamp Timestamp(BsonDocument value) => new(
        unchecked((int)checked((uint)value["t"].ToInt64())), unchecked((int)checked((uint)value["i"].ToInt64())));

    private static BsonBinaryData Binary(BsonDocument document, BsonValue value)
    {
        var (base64, type) = value.IsString
            ? (value, document.GetValue("$type", "00"))
            : (Fields(value, "base64", "subType")["base64"], value["subType"]);
        return new BsonBinaryData(Convert.FromBase64String(Text(base64)), (BsonBinarySubType)byte.Parse(Text(type), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }

    private static BsonRegularExpression RegularExpression(BsonDocument value) => new(Text(value["pattern"]), Text(value["options"]));

    private static BsonValue Code(BsonDocument document, BsonValue value)
    {
        if (document.ElementCount == 1)
            return new BsonJavaScript(Text(value));
        return document.TryGetValue("$scope", out var beside) && beside is BsonDocument scope
            ? new BsonJavaScriptWithScope(Text(value), scope)
            : throw new FormatException("a scope is not an object");
    }
}
