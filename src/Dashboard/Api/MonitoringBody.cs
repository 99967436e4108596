using System.Text.Json;
using System.Text.Unicode;

namespace Dashboard.Api;

/// <summary>Reads a small body of JSON, whatever was sent in its place.</summary>
internal static class MonitoringBody
{
    private const int LongestBody = 64 * 1024;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static async Task<(JsonDocument? Document, IResult Refusal)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > LongestBody)
            return (null, TooLong());
        using var read = new MemoryStream();
        var buffer = new byte[8192];
        for (int count; (count = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (read.Length + count > LongestBody)
                return (null, TooLong());
            read.Write(buffer, 0, count);
        }

        try
        {
            var bytes = read.ToArray();
            if (!Utf8.IsValid(bytes))
                return (null, Bad("The body is not UTF-8."));
            var document = JsonDocument.Parse(bytes, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return (document, Results.Empty);
            document.Dispose();
            return (null, Bad("The body is not a JSON object."));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter where a name in it is half a character.
            return (null, Bad("The body is not JSON, or has a name twice."));
        }
    }

    private static IResult TooLong() => MonitoringEndpoints.Refuse(StatusCodes.Status413PayloadTooLarge, $"The body is longer than {LongestBody} bytes.");

    private static IResult Bad(string error) => MonitoringEndpoints.Refuse(StatusCodes.Status400BadRequest, error);
}

/// <summary>The fields of an object that may be anything.</summary>
internal readonly struct JsonFields(JsonElement element)
{
    private readonly JsonElement _element = element;

    /// <summary>Null also where it is null.</summary>
    public JsonElement? Find(string name) =>
        _element.ValueKind == JsonValueKind.Object && _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>What JavaScript takes for nothing: missing, null, false, zero, an empty string.</summary>
    public bool IsNothing(string name) => Find(name) switch
    {
        null or { ValueKind: JsonValueKind.False } => true,
        { ValueKind: JsonValueKind.String } text => text.ValueEquals(string.Empty),
        { ValueKind: JsonValueKind.Number } number => number.TryGetDouble(out var value) && value == 0,
        _ => false,
    };

    /// <summary>Null with true where there is none; null with false where it is something else, or half a character.</summary>
    public (string? Text, bool IsText) Text(string name)
    {
        if (Find(name) is not { } value)
            return (null, true);
        try
        {
            return value.ValueKind == JsonValueKind.String ? (value.GetString(), true) : (null, false);
        }
        catch (InvalidOperationException)
        {
            return (null, false);
        }
    }
}
