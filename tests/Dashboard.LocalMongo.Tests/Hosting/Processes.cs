using System.Diagnostics;
using System.Globalization;

namespace Dashboard.LocalMongo.Tests.Hosting;

/// <summary>Finds and kills what runs on a data directory of a test.</summary>
internal static class Processes
{
    public static int? PostmasterOf(string data)
    {
        var file = Path.Combine(data, "pg", "postmaster.pid");
        return File.Exists(file) && int.TryParse(File.ReadLines(file).FirstOrDefault(), CultureInfo.InvariantCulture, out var id) && IsAlive(id) ? id : null;
    }

    /// <summary>Every process that has the directory in its arguments: the guards and the postmaster.</summary>
    public static IReadOnlyList<int> Mentioning(string data) =>
        [.. All().Where(id => id != Environment.ProcessId && Read(id, "cmdline").Contains(data, StringComparison.Ordinal))];

    public static IReadOnlyList<int> ChildrenOf(int parent) =>
        [.. All().Where(id => Read(id, "stat") is { Length: > 0 } stat
            && stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == parent.ToString(CultureInfo.InvariantCulture))];

    public static bool IsAlive(int id) => Read(id, "stat") is { Length: > 0 } stat && stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');

    public static async Task SignalAsync(string signal, params IEnumerable<int> ids)
    {
        string[] command = ["-c", "kill -$0 $@ 2>/dev/null", signal, .. ids.Select(id => id.ToString(CultureInfo.InvariantCulture))];
        using var shell = Process.Start(new ProcessStartInfo("sh", command)) ?? throw new InvalidOperationException("sh did not start.");
        await shell.WaitForExitAsync();
    }

    private static IEnumerable<int> All() =>
        Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0);

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
