using System.Text.Json;
using System.Text.RegularExpressions;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Platforms;

/// <summary>
/// How bad a line is by its own words. A platform's level is a guess, "info" for nearly everything that goes to standard output, so it counts
/// only where the line says nothing itself.
/// </summary>
internal static partial class LogLevels
{
    private static readonly string[] Fields = ["level", "severity", "@l", "lvl", "loglevel", "log.level"];

    public static LineLevel Of(PlatformLine line) => OfText(line.Text) ?? line.Level;

    /// <summary>A line that says nothing is information.</summary>
    public static LineLevel Of(string line) => OfText(line) ?? LineLevel.Info;

    private static LineLevel? OfText(string text) => OfJson(text) ?? OfWords(text);

    private static LineLevel? OfJson(string text)
    {
        var trimmed = text.AsSpan().Trim();
        if (trimmed.Length < 2 || trimmed[0] != '{' || trimmed[^1] != '}')
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            foreach (var field in document.RootElement.EnumerateObject())
            {
                if (Fields.Contains(field.Name, StringComparer.OrdinalIgnoreCase))
                    return OfValue(field.Value);
            }

            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // It only looked like JSON.
            return null;
        }
    }

    /// <summary>pino and bunyan count: 30 info, 40 warn, 50 error, 60 fatal.</summary>
    private static LineLevel? OfValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => OfWord(value.GetString() ?? string.Empty),
        JsonValueKind.Number when value.TryGetInt32(out var number) => number >= 50 ? LineLevel.Error : number >= 40 ? LineLevel.Warning : LineLevel.Info,
        _ => null,
    };

    private static LineLevel? OfWords(string text)
    {
        var head = text.Length > 400 ? text[..400] : text;
        var match = Said().Match(head);
        return match.Success ? OfWord(match.Groups["level"].Value) : null;
    }

    private static LineLevel? OfWord(string word) => word.ToUpperInvariant() switch
    {
        "ERROR" or "ERR" or "FAIL" or "CRIT" or "CRITICAL" or "FATAL" or "FTL" or "PANIC" or "ALERT" or "EMERG" or "EMERGENCY" or "SEVERE" or "UNCAUGHT" => LineLevel.Error,
        "WARN" or "WARNING" or "WRN" => LineLevel.Warning,
        "INFO" or "INFORMATION" or "INF" or "NOTICE" or "DEBUG" or "DBG" or "DBUG" or "TRACE" or "TRCE" or "VERBOSE" or "VRB" or "LOG" => LineLevel.Info,
        _ => null,
    };

    /// <summary>
    /// At the line's beginning, after a time and brackets at the most: "2026-11-24T10:00:00.000Z fail: X", "[ERR] …", "Error: …", "WARN  …"; or as
    /// level=error anywhere in it. A word in the middle of a sentence is no level.
    /// </summary>
    [GeneratedRegex(
        """^\s*(?:[\[(]?\d{4}-\d\d-\d\d[T ][\d:.,+Z-]*[\])]?\s*)?(?:\[\d\d:\d\d:\d\d(?:\.\d+)?\s+)?[\[(<]?(?<level>error|err|fail|crit|critical|fatal|ftl|panic|severe|uncaught|warn|warning|wrn|info|information|inf|notice|debug|dbug|dbg|trace|trce)(?:[\])>:]|\s|$)|\b(?:level|severity|lvl)\s*[=:]\s*"?(?<level>[a-z]+)""",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 200)]
    private static partial Regex Said();
}
