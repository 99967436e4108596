using System.Text.Json;

namespace Dashboard.Api;

/// <summary>The body of a post to the original's path, or its refusal in the original's shape.</summary>
internal static class MonitoringBody
{
    private const int LongestBody = 64 * 1024;

    public static async Task<(JsonDocument? Document, IResult Refusal)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonBody.ReadAsync(request, LongestBody, cancellationToken);
        return read.Document is { } document
            ? (document, Results.Empty)
            : (null, MonitoringEndpoints.Refuse(read.IsTooLong ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest, read.Problem ?? string.Empty));
    }
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
