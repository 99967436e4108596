using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Health;

/// <summary>
/// Reads the application's health reports. A 503 with "warning" is slow or pending, not down, so the body decides;
/// the code decides only where there is no body.
/// </summary>
internal static class HealthBody
{
    /// <summary>Every report is stored and read again; an application may write what it likes into its own.</summary>
    private const int LongestNote = 500;

    private const int LongestVersion = 100;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static HealthAnswer Judge(string path, HttpStatusCode code, string text, double milliseconds)
    {
        if (Parse(text) is not { } body)
        {
            return new HealthAnswer(
                new HealthCheck(path, HealthState.Down, milliseconds, $"Answered {(int)code} without a health report."), Body: null);
        }

        var word = Text(body["status"]) ?? string.Empty;
        var state = word switch
        {
            "ok" or "healthy" or "pass" => (int)code < 400 ? HealthState.Healthy : HealthState.Degraded,
            "warning" or "degraded" or "warn" => HealthState.Degraded,
            _ => HealthState.Down,
        };
        return new HealthAnswer(new HealthCheck(path, state, milliseconds, Beginning.Of(Note(body, word, code), LongestNote)), body);
    }

    public static string? Text(JsonNode? node)
    {
        try
        {
            return node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 is half a character: well-formed JSON, but no text.
            return null;
        }
    }

    public static string? Version(JsonObject? body) => Text(body?["version"]) is { } version ? Beginning.Of(version, LongestVersion) : null;

    public static int? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<int>(out var number) ? number : null;

    private static string Note(JsonObject body, string word, HttpStatusCode code)
    {
        if (Text(body["error"]) is { } error)
            return $"{(int)code} {word}: {error}";
        if (body["warnings"] is JsonArray { Count: > 0 } warnings)
            return $"{(int)code} {word}: {string.Join(" ", warnings.Select(Words))}";
        if (Number((body["migrations"] as JsonObject)?["pending"]) is > 0 and var pending)
            return $"{(int)code} {word}: {pending} migration{(pending == 1 ? string.Empty : "s")} pending.";
        return Version(body) is { } version ? $"{(int)code} {word}, version {version}" : $"{(int)code} {word}";
    }

    private static string? Words(JsonNode? warning)
    {
        try
        {
            return Text(warning) ?? warning?.ToJsonString();
        }
        catch (InvalidOperationException)
        {
            return "(a warning with half a character in it)";
        }
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict) as JsonObject;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is of a name with half a character in it.
            return null;
        }
    }
}
