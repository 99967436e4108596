using System.Globalization;

namespace Dashboard.Benchmarks.Backups;

/// <summary>Processor times from /proc.</summary>
internal static class ProcessTimes
{
    // Linux counts them in hundredths of a second for every program since long.
    private const double TicksPerSecond = 100;

    // Fields of /proc/PID/stat counted from the one after the name: parent, own time, and that of children which have ended.
    private const int Parent = 1;
    private const int User = 11;
    private const int System = 12;
    private const int ChildrenUser = 13;
    private const int ChildrenSystem = 14;

    /// <summary>Of one process; zero when it has ended.</summary>
    public static TimeSpan Of(int id) => Fields(id) is { } fields ? Time(fields, User, System) : TimeSpan.Zero;

    /// <summary>
    /// Of the database: this process, which holds the gateway, and everything below it. A tool that has ended is not in it: its time
    /// counts as that of a child of this process, which is left out.
    /// </summary>
    public static TimeSpan OfServer()
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .Select(id => (Id: id, Fields: Fields(id)))
            .Where(one => one.Fields is not null)
            .ToDictionary(one => one.Id, one => one.Fields ?? []);
        return all.Where(one => IsBelow(one.Key, all)).Aggregate(
            Of(Environment.ProcessId), (sum, one) => sum + Time(one.Value, User, System, ChildrenUser, ChildrenSystem));
    }

    public static long Number(string text) => long.Parse(text.Trim(), CultureInfo.InvariantCulture);

    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return "";
        }
    }

    private static bool IsBelow(int id, Dictionary<int, string[]> all)
    {
        while (all.TryGetValue(id, out var fields))
        {
            id = (int)Number(fields[Parent]);
            if (id == Environment.ProcessId)
                return true;
        }

        return false;
    }

    private static TimeSpan Time(string[] fields, params int[] which) => TimeSpan.FromSeconds(which.Sum(field => Number(fields[field])) / TicksPerSecond);

    private static string[]? Fields(int id)
    {
        var stat = Read($"/proc/{id}/stat");
        // The name stands in brackets and may hold spaces.
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > ChildrenSystem ? fields : null;
    }
}
