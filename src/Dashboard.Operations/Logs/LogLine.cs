using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Logs;

/// <summary>One line of the application's log, as the dashboard keeps it.</summary>
public sealed record LogLine
{
    /// <summary>The longest text that is kept; what is longer is cut, and says so.</summary>
    public const int LongestText = 4_000;

    /// <summary>Made of environment, moment, machine and text, so that a line that is read again is stored once.</summary>
    public required string Id { get; init; }

    public required string Environment { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Machine { get; init; }

    public required LineLevel Level { get; init; }

    public required string Text { get; init; }

    /// <summary>Rises in the order in which lines of one moment were read.</summary>
    public required long Order { get; init; }

    public int SchemaVersion { get; init; } = 1;

    /// <summary>For terminals and text answers.</summary>
    public string Sentence => string.Create(CultureInfo.InvariantCulture, $"{At.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} {Machine} {Level.ToString().ToUpperInvariant(),-7} {Text}");

    internal static LogLine Of(string environment, PlatformLine line, long order) => new()
    {
        Id = IdOf(environment, line),
        Environment = environment,
        At = line.At,
        Machine = line.Machine,
        Level = LogLevels.Of(line),
        Text = Cut(line.Text),
        Order = order,
    };

    private static string IdOf(string environment, PlatformLine line) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{environment}\n{line.At.UtcTicks}\n{line.Machine}\n{line.Text}"))).AsSpan(0, 16));

    private static string Cut(string text)
    {
        if (text.Length <= LongestText)
            return text;
        var end = char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText;
        return string.Create(CultureInfo.InvariantCulture, $"{text[..end]} … [cut: the line has {text.Length:N0} characters]");
    }
}

/// <summary>A time of which lines may be missing.</summary>
public sealed record LogGap
{
    /// <summary>Environment and beginning.</summary>
    public required string Id { get; init; }

    public required string Environment { get; init; }

    /// <summary>Of the last line before.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Of the first line after.</summary>
    public required DateTimeOffset To { get; init; }

    public required string Why { get; init; }

    public int SchemaVersion { get; init; } = 1;

    public string Sentence => string.Create(CultureInfo.InvariantCulture, $"not captured from {From.UtcDateTime:yyyy-MM-dd HH:mm:ss} to {To.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: {Why}");
}
