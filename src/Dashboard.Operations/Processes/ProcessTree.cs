using System.Globalization;

namespace Dashboard.Operations.Processes;

/// <summary>A process and everything that it started, also when it is over and what it started is not.</summary>
internal static class ProcessTree
{
    private sealed record Entry(int Id, int Parent, string Started);

    /// <summary>Those that live below the process now, each with the moment of its start: a number alone may soon be another's.</summary>
    public static IReadOnlyList<(int Id, string Started)> Below(int processId)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Read(id) : null)
            .OfType<Entry>().ToLookup(entry => entry.Parent);
        var found = new List<(int, string)>();
        var left = new Queue<int>([processId]);
        while (left.TryDequeue(out var parent))
        {
            foreach (var child in all[parent])
            {
                found.Add((child.Id, child.Started));
                left.Enqueue(child.Id);
            }
        }

        return found;
    }

    public static void Kill(IEnumerable<(int Id, string Started)> processes)
    {
        foreach (var (id, _) in processes.Where(process => Read(process.Id)?.Started == process.Started))
            Signals.Kill(id);
    }

    private static Entry? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            // The name in parentheses may hold anything: state, then parent, and the start as the twentieth.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new Entry(id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[19]);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
