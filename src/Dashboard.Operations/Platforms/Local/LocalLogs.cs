using System.Globalization;
using System.Text;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>The machines' logs as they lie in the folder: each line with the time at which it was captured in front.</summary>
internal static class LocalLogs
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

    private static IEnumerable<PlatformLine> ReadMachine(string file, string machine) =>
        Tail(file + ".1").Concat(Tail(file)).TakeLast(MostLines).Select(line => Parse(line, machine)).OfType<PlatformLine>();

    private static string[] Tail(string path)
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
            ? new PlatformLine(at, machine, LogLevels.Of(line[(end + 1)..]), line[(end + 1)..])
            : null;
    }
}
