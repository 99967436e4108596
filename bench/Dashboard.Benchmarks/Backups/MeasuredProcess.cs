using System.Diagnostics;
using System.Globalization;

namespace Dashboard.Benchmarks.Backups;

/// <summary>What a tool took as a process of its own: theirs and ours are measured alike.</summary>
/// <param name="Processor">User and system time of the process, from /proc.</param>
/// <param name="PeakBytes">The most memory it had resident at any time (VmHWM).</param>
internal sealed record ProcessFigures(TimeSpan Wall, TimeSpan Processor, long PeakBytes);

internal static class MeasuredProcess
{
    // Linux counts processor time in hundredths of a second for every program since long.
    private const double TicksPerSecond = 100;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs a verb of this program.</summary>
    public static Task<ProcessFigures> RunSelfAsync(params string[] arguments) =>
        RunAsync(Environment.ProcessPath ?? throw new InvalidOperationException("This program has no path."), arguments);

    public static async Task<ProcessFigures> RunAsync(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var (processor, peak) = (TimeSpan.Zero, 0L);
        var exit = process.WaitForExitAsync();
        while (!exit.IsCompleted)
        {
            // The last look is at most this long before the end.
            await Task.WhenAny(exit, Task.Delay(Look));
            processor = Later(processor, ProcessorTime(process.Id));
            peak = Math.Max(peak, Peak(process.Id));
        }

        var wall = Stopwatch.GetElapsedTime(began);
        var said = await output + await errors;
        return process.ExitCode == 0
            ? new ProcessFigures(wall, processor, peak)
            : throw new InvalidOperationException($"{Path.GetFileName(file)} ended with {process.ExitCode}: {said}");
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan ProcessorTime(int id)
    {
        var stat = Read($"/proc/{id}/stat");
        // The name stands in brackets and may hold spaces; what follows begins with field 3.
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 13 ? TimeSpan.Zero : TimeSpan.FromSeconds((Number(fields[11]) + Number(fields[12])) / TicksPerSecond);
    }

    private static long Peak(int id)
    {
        var line = Read($"/proc/{id}/status").Split('\n').FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null ? 0 : Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    private static long Number(string text) => long.Parse(text.Trim(), CultureInfo.InvariantCulture);

    private static string Read(string path)
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
}
