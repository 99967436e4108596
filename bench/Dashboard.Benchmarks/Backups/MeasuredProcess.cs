using System.Diagnostics;

namespace Dashboard.Benchmarks.Backups;

/// <summary>What a tool took as a process of its own: theirs and ours are measured alike.</summary>
/// <param name="Processor">User and system time of the process, from /proc.</param>
/// <param name="Database">The same of the database meanwhile: gateway and engine.</param>
/// <param name="PeakBytes">The most memory it had resident at any time (VmHWM).</param>
internal sealed record ProcessFigures(TimeSpan Wall, TimeSpan Processor, TimeSpan Database, long PeakBytes);

internal static class MeasuredProcess
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs a verb of this program.</summary>
    public static Task<ProcessFigures> RunSelfAsync(params string[] arguments) =>
        RunAsync(Environment.ProcessPath ?? throw new InvalidOperationException("This program has no path."), arguments);

    public static async Task<ProcessFigures> RunAsync(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var database = ProcessTimes.OfServer();
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
            processor = Later(processor, ProcessTimes.Of(process.Id));
            peak = Math.Max(peak, Peak(process.Id));
        }

        var wall = Stopwatch.GetElapsedTime(began);
        var said = await output + await errors;
        return process.ExitCode == 0
            ? new ProcessFigures(wall, processor, ProcessTimes.OfServer() - database, peak)
            : throw new InvalidOperationException($"{Path.GetFileName(file)} ended with {process.ExitCode}: {said}");
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static long Peak(int id)
    {
        var line = ProcessTimes.Read($"/proc/{id}/status").Split('\n').FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null ? 0 : ProcessTimes.Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }
}
