using System.Globalization;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Logs;

/// <summary>What somebody typed, at an address, on the command line or on the page.</summary>
public sealed record LogWords(string? Since = null, string? Until = null, string? Level = null, string? Contains = null, string? Machine = null, int? Limit = null);

/// <summary>Reads a question to the captured logs, alike for every door.</summary>
public static class LogQuestion
{
    private const string DefaultSince = "15m";
    private const int DefaultLimit = 500;
    private const int LongestText = 200;

    /// <summary>With the defaults where something is wrong; what is wrong is in the errors.</summary>
    public static LogQuery Read(string environment, LogWords words, DateTimeOffset now, int most, IDictionary<string, string[]> errors)
    {
        var since = Time(Given(words.Since) ?? DefaultSince, "since", now, errors);
        DateTimeOffset? until = Given(words.Until) is { } text ? Time(text, "until", now, errors) : null;
        if (until < since)
            errors["until"] = ["It ends before it begins."];
        var level = LineLevel.Info;
        if (Given(words.Level) is { } word && !TryLevel(word, out level))
            errors["level"] = [$"'{word}' is no level; there are {string.Join(", ", Enum.GetValues<LineLevel>().Select(WordOf))}."];
        if (words.Contains?.Length > LongestText)
            errors["contains"] = [string.Create(CultureInfo.InvariantCulture, $"It has {words.Contains.Length} characters; {LongestText} is the most.")];
        if (words.Limit is < 1)
            errors["limit"] = ["It is at least 1."];
        return new LogQuery(environment, since, until, level, Given(words.Contains), Given(words.Machine), Math.Clamp(words.Limit ?? DefaultLimit, 1, most));
    }

    public static string WordOf(LineLevel level) => level.ToString().ToLowerInvariant();

    private static bool TryLevel(string word, out LineLevel level)
    {
        // Parsing alone would take "2" as well.
        var isName = Enum.GetNames<LineLevel>().Contains(word, StringComparer.OrdinalIgnoreCase);
        level = isName ? Enum.Parse<LineLevel>(word, ignoreCase: true) : word.Equals("warn", StringComparison.OrdinalIgnoreCase) ? LineLevel.Warning : LineLevel.Info;
        return isName || level == LineLevel.Warning;
    }

    private static DateTimeOffset Time(string text, string name, DateTimeOffset now, IDictionary<string, string[]> errors)
    {
        if (LogTimes.TryRead(text, now, out var at))
            return at;
        errors[name] = [$"'{text}' is no time; write {LogTimes.Forms}."];
        return now;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
