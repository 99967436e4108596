using System.Globalization;

namespace Dashboard.Benchmarks.Backups;

/// <summary>Prints figures side by side, with the machine's load, which on a shared machine explains much.</summary>
internal static class Report
{
    public static void Round(ProcessFigures theirs, ProcessFigures ours) => Print($"  round: {Text(theirs)} | {Text(ours)}");

    public static void Compare(string what, string peer, (ProcessFigures Theirs, ProcessFigures Ours) best, long theirBytes = 0, long ourBytes = 0)
    {
        var (theirs, ours) = best;
        Print($"{what}: {peer} {Text(theirs)}");
        Print($"{what}: ours {Text(ours)}");
        Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {theirs.Wall / ours.Wall:0.00} x as fast, {ours.Processor / theirs.Processor:0.00} x the processor seconds, {(double)ours.PeakBytes / theirs.PeakBytes:0.00} x the memory"));
        if (ourBytes > 0)
            Print(string.Create(CultureInfo.InvariantCulture, $"{what}: archive {ourBytes / 1e6:0.0} MB, theirs {theirBytes / 1e6:0.0} MB: {(double)ourBytes / theirBytes:0.000} x the size"));
    }

    public static void Alone(string what, ProcessFigures figures) => Print($"{what}: {Text(figures)}");

    private static string Text(ProcessFigures figures) => string.Create(
        CultureInfo.InvariantCulture, $"{figures.Wall.TotalSeconds:0.00} s, processor {figures.Processor.TotalSeconds:0.00} s (database {figures.Database.TotalSeconds:0.0} s), peak {figures.PeakBytes / 1e6:0} MB");

    private static void Print(string text) => Console.WriteLine($"[load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}] {text}");
}
