using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Dashboard.Operations.Audit;

/// <summary>An entry as one line of an export: a JSON object of the form's fields in their order, and the hash.</summary>
/// <param name="ComputedHash">Of what the line says, to be compared with the <paramref name="Hash"/> that it has.</param>
internal sealed record AuditLine(long Sequence, string PreviousHash, string Hash, string ComputedHash)
{
    private const string HashName = "hash";
    private static readonly string[] Numbers = ["form", "sequence"];
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 2 };

    /// <summary>Without a line end; no text of an entry can make another line, because JSON escapes it.</summary>
    public static string Write(AuditEntry entry)
    {
        var names = AuditForm.NamesOf(entry.SchemaVersion) ?? throw new InvalidOperationException($"There is no form {entry.SchemaVersion}.");
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in names.Zip(AuditForm.ValuesOf(entry)))
            {
                json.WritePropertyName(name);
                if (value is null)
                    json.WriteNullValue();
                else if (Numbers.Contains(name, StringComparer.Ordinal))
                    json.WriteRawValue(value);
                else
                    json.WriteStringValue(value);
            }

            json.WriteString(HashName, entry.Hash);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Null with what is wrong when the line is no entry; nothing may stand in it that is not hashed.</summary>
    public static AuditLine? TryRead(string text, out string? problem)
    {
        try
        {
            using var json = JsonDocument.Parse(text, Strict);
            problem = Read(json.RootElement, out var line);
            return line;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            // The second is half a surrogate pair, or a value of another kind.
            problem = "it is no JSON object of an entry";
            return null;
        }
    }

    private static string? Read(JsonElement json, out AuditLine? line)
    {
        line = null;
        var form = json.GetProperty("form"u8).GetInt32();
        if (AuditForm.NamesOf(form) is not { } names)
            return string.Create(CultureInfo.InvariantCulture, $"it has the form {form}, which this program does not know; verify it with a newer one");
        var properties = json.EnumerateObject().ToList();
        if (!properties.Select(property => property.Name).SequenceEqual([.. names, HashName], StringComparer.Ordinal))
            return "its fields are not those of an entry";
        var values = properties.Select(property => ValueOf(property)).ToList();
        if (values[^1] is not { } hash || json.GetProperty("previousHash"u8).GetString() is not { } previous)
            return "it has no hash";
        line = new AuditLine(json.GetProperty("sequence"u8).GetInt64(), previous, hash, AuditForm.HashOf(names, values));
        return null;
    }

    private static string? ValueOf(JsonProperty property) =>
        Numbers.Contains(property.Name, StringComparer.Ordinal) ? property.Value.GetInt64().ToString(CultureInfo.InvariantCulture) : property.Value.GetString();
}
