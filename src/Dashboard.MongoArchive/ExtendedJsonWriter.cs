using System.Globalization;
using System.Text;
using MongoDB.Bson;

namespace Dashboard.MongoArchive;

/// <summary>
/// Writes BSON as canonical Extended JSON v2 to the letter that Go's driver, and so mongodump, does: one line, no spaces, no
/// character escaped that need not be, numbers as Go formats them. The driver's own writer differs in all of these.
/// </summary>
internal sealed class ExtendedJsonWriter
{
    /// <summary>The server sends at most 200 levels.</summary>
    public const int MaxDepth = 200;

    private readonly StringBuilder _json = new();
    private int _depth;

    private ExtendedJsonWriter()
    {
    }

    /// <exception cref="ArgumentException">It is nested deeper than a server allows, or holds a type that no server knows.</exception>
    public static string Write(BsonDocument document)
    {
        var writer = new ExtendedJsonWriter();
        writer.Document(document);
        return writer._json.ToString();
    }

    private void Document(BsonDocument document)
    {
        Enter(document, '{');
        foreach (var element in document)
        {
            Separate('{');
            Text(element.Name);
            _json.Append(':');
            Value(element.Value);
        }
        Leave('}');
    }

    private void Array(BsonArray array)
    {
        Enter(array, '[');
        foreach (var value in array)
        {
            Separate('[');
            Value(value);
        }
        Leave(']');
    }

    private void Value(BsonValue value)
    {
        switch (value)
        {
            case BsonDocument document: Document(document); break;
            case BsonArray array: Array(array); break;
            case BsonString text: Text(text.Value); break;
            case BsonBoolean boolean: _json.Append(boolean.Value ? "true" : "false"); break;
            case BsonNull: _json.Append("null"); break;
            case BsonInt32 number: Wrapped("$numberInt", number.Value.ToString(CultureInfo.InvariantCulture)); break;
            case BsonInt64 number: Wrapped("$numberLong", Integer(number.Value)); break;
            case BsonDouble number: Wrapped("$numberDouble", Double(number.Value)); break;
            case BsonDecimal128 number: Wrapped("$numberDecimal", number.Value.ToString()); break;
            case BsonObjectId id: Wrapped("$oid", id.Value.ToString()); break;
            case BsonSymbol symbol: Wrapped("$symbol", symbol.Name); break;
            case BsonDateTime time: _json.Append("{\"$date\":{\"$numberLong\":\"").Append(Integer(time.MillisecondsSinceEpoch)).Append("\"}}"); break;
            case BsonTimestamp time: _json.Append(CultureInfo.InvariantCulture, $"{{\"$timestamp\":{{\"t\":{(uint)time.Timestamp},\"i\":{(uint)time.Increment}}}}}"); break;
            case BsonMinKey: _json.Append("{\"$minKey\":1}"); break;
            case BsonMaxKey: _json.Append("{\"$maxKey\":1}"); break;
            case BsonUndefined: _json.Append("{\"$undefined\":true}"); break;
            default: Rare(value); break;
        }
    }

    private void Rare(BsonValue value)
    {
        switch (value)
        {
            case BsonBinaryData binary:
                _json.Append("{\"$binary\":{\"base64\":\"").Append(Convert.ToBase64String(binary.Bytes))
                    .Append("\",\"subType\":\"").Append(((int)binary.SubType).ToString("x2", CultureInfo.InvariantCulture)).Append("\"}}");
                break;
            case BsonRegularExpression expression:
                _json.Append("{\"$regularExpression\":{\"pattern\":");
                Text(expression.Pattern);
                _json.Append(",\"options\":");
                Text(string.Concat(expression.Options.Order()));
                _json.Append("}}");
                break;
            case BsonJavaScriptWithScope code:
                _json.Append("{\"$code\":");
                Text(code.Code);
                _json.Append(",\"$scope\":");
                Document(code.Scope);
                _json.Append('}');
                break;
            case BsonJavaScript code: Wrapped("$code", code.Code); break;
            default: throw new ArgumentException($"A value of BSON type {value.BsonType} cannot stand in options or indexes.", nameof(value));
        }
    }

    private void Wrapped(string type, string value)
    {
        _json.Append("{\"").Append(type).Append("\":");
        Text(value);
        _json.Append('}');
    }

    private void Text(string text)
    {
        _json.Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            switch (character)
            {
                case '"' or '\\': _json.Append('\\').Append(character); break;
                case '\b': _json.Append("\\b"); break;
                case '\f': _json.Append("\\f"); break;
                case '\n': _json.Append("\\n"); break;
                case '\r': _json.Append("\\r"); break;
                case '\t': _json.Append("\\t"); break;
                case < ' ' or '\u2028' or '\u2029': _json.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"); break;
                default: _json.Append(character); break;
            }
        }
        _json.Append('"');
    }

    private void Enter(BsonValue value, char bracket)
    {
        if (++_depth > MaxDepth)
            throw new ArgumentException($"Options or indexes are nested more than {MaxDepth} deep; no server allows that.", nameof(value));
        _json.Append(bracket);
    }

    private void Leave(char bracket)
    {
        _depth--;
        _json.Append(bracket);
    }

    private void Separate(char bracket)
    {
        if (_json[^1] != bracket)
            _json.Append(',');
    }

    private static string Integer(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>As Go's format G with the shortest precision: an exponent of two digits from a million up and below 0.0001.</summary>
    private static string Double(double number)
    {
        if (!double.IsFinite(number))
            return double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
        if (number == 0)
            return double.IsNegative(number) ? "-0.0" : "0.0";
        var (sign, digits, exponent) = Parts(number);
        if (exponent is < -4 or >= 6)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}E{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }
        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        digits = digits.PadRight(exponent + 2, '0');
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>The fewest digits that give the number back, and the power of ten of the first.</summary>
    private static (string Sign, string Digits, int Exponent) Parts(double number)
    {
        var text = Math.Abs(number).ToString("E16", CultureInfo.InvariantCulture);
        for (var precision = 0; precision < 16; precision++)
        {
            var shorter = Math.Abs(number).ToString($"E{precision}", CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) == Math.Abs(number))
            {
                text = shorter;
                break;
            }
        }
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        var digits = text[..mark].Replace(".", "", StringComparison.Ordinal);
        return (number < 0 ? "-" : "", digits, int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }
}
