using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>Times and shares as the sentences of alerts say them.</summary>
internal static class RuleText
{
    private const int LongestError = 300;

    /// <summary><c>850 ms</c>, <c>12 s</c>, <c>2 min 10 s</c>, <c>3 h 4 min</c>, <c>2 d 1 h</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => Text($"{span.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } => Text($"{span.TotalSeconds:0.#} s"),
        { TotalHours: < 1 } => Text($"{span.Minutes} min{(span.Seconds == 0 ? string.Empty : Text($" {span.Seconds} s"))}"),
        { TotalDays: < 2 } => Text($"{(int)span.TotalHours} h{(span.Minutes == 0 ? string.Empty : Text($" {span.Minutes} min"))}"),
        _ => Text($"{span.Days} d{(span.Hours == 0 ? string.Empty : Text($" {span.Hours} h"))}"),
    };

    public static string Share(double share) => Text($"{share * 100:0.#} %");

    public static string Moment(DateTimeOffset at) => Text($"{at.UtcDateTime:yyyy-MM-dd HH:mm} UTC");

    /// <summary>The beginning of a text that somebody else wrote, as one sentence.</summary>
    public static string Quote(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return string.Empty;
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        return line.Length <= LongestError ? $" {line}." : $" {Beginning.Of(line, LongestError)}….";
    }

    public static string Text(FormattableString text) => FormattableString.Invariant(text);
}
