using System.Globalization;
using System.Text.RegularExpressions;

namespace Dashboard.Operations.Running;

/// <summary>Times as people type them: <c>2026-11-24 18:00</c> (UTC), with an offset, or so long from now: <c>now</c>, <c>+90m</c>, <c>+2h</c>, <c>+1d</c>.</summary>
public static partial class Moments
{
    /// <summary>What may be typed, for the sentence that refuses something else.</summary>
    public const string Forms = "2026-11-24 18:00 (UTC), 2026-11-24T18:00:00+01:00, now, +90m, +2h or +1d";

    private static readonly string[] Formats = ["yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd"];

    public static bool TryRead(string? text, DateTimeOffset now, out DateTimeOffset at)
    {
        at = now;
        var given = text?.Trim() ?? string.Empty;
        if (given == "now")
            return true;
        if (given.StartsWith('+') && TryReadSpan(given[1..], out var ahead))
        {
            at = now + ahead;
            return true;
        }

        var bare = given.EndsWith(" UTC", StringComparison.Ordinal) ? given[..^4] : given;
        return DateTimeOffset.TryParseExact(bare, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at)
            || (given.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(given, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at));
    }

    /// <summary><c>45s</c>, <c>15m</c>, <c>1h</c>, <c>30d</c>; not longer than ten years.</summary>
    public static bool TryReadSpan(string? text, out TimeSpan span)
    {
        span = default;
        var match = Span().Match(text?.Trim() ?? string.Empty);
        if (!match.Success || !int.TryParse(match.Groups["count"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        var seconds = count * (double)(match.Groups["unit"].Value switch { "s" => 1, "m" => 60, "h" => 3_600, _ => 86_400 });
        if (seconds > TimeSpan.FromDays(3_660).TotalSeconds)
            return false;
        span = TimeSpan.FromSeconds(seconds);
        return true;
    }

    [GeneratedRegex("^(?<count>[0-9]{1,9})(?<unit>[smhd])$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Span();
}
