using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>The machines' logs as they lie in the folder: each line with the time at which it was captured in front.</summary>
internal static partial class LocalLogs
{
    private const int MostLines = 1000;
    private const int MostBytes = 512 * 1024;
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static string Stamp(DateTimeOffset at, string line) => $"{at.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)} {line}";

    /// <summary>The latest lines of every machine that ever was, oldest first.</summary>
    public static IReadOnlyList<PlatformLine> Read(string folder, string environment)
    {
        if (!Directory.Exists(folder))
            return [];
        var lines = Directory.EnumerateFiles(folder, $"{environment}-*.log").Order(StringComparer.Ordinal)
            .SelectMany(file => ReadMachine(file, Path.GetFileNameWithoutExtension(file)));
        return [.. lines.OrderBy(line => line.At).TakeLast(MostLines)];
    }

    /// <summary>As far as the line itself says; a line that says nothing is information.</summary>
    public static LineLevel LevelOf(string line) =>
        Errors().IsMatch(line) ? LineLevel.Error
        : Warnings().IsMatch(line) ? LineLevel.Warning
        : LineLevel.Info;

    private static IEnumerable<PlatformLine> ReadMachine(string file, string machine) =>
        Tail(file + ".1").Concat(Tail(file)).TakeLast(MostLines).Select(line => Parse(line, machine)).OfType<PlatformLine>();

    private static IReadOnlyList<string> Tail(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var isCut = file.Length > MostBytes;
            if (isCut)
                file.Seek(-MostBytes, SeekOrigin.End);
            using var reader = new StreamReader(file, Encoding.UTF8);
            var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return isCut ? lines[1..] : lines;
        }
        catch (FileNotFoundException)
        {
            return []; // It has just been given its other name, or never was.
        }
    }

    private static PlatformLine? Parse(string line, string machine)
    {
        var end = line.IndexOf(' ', StringComparison.Ordinal);
        return end > 0 && DateTimeOffset.TryParseExact(
            line.AsSpan(0, end), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? new PlatformLine(at, machine, LevelOf(line), line[(end + 1)..])
            : null;
    }

    // .NET's "fail:" and "crit:", the words of other loggers as words of their own, and "level":"error" of structured ones.
    [GeneratedRegex("""(^|[\s\[(])(fail|crit):|\b(ERROR|FATAL|CRITICAL|Error|Fatal|Unhandled exception)\b|"level"\s*:\s*"(error|fatal|critical)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Errors();

    [GeneratedRegex("""(^|[\s\[(])warn:|\b(WARN|WARNING|Warning)\b|"level"\s*:\s*"warn""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Warnings();
}
