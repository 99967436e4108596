using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Dashboard.Operations.Processes;

/// <summary>Which process was started: the number alone may long belong to another, so its start and its command are kept with it.</summary>
internal sealed record ProcessFile(int Id, string Started, string Command)
{
    /// <summary>How long a process may take to end by itself before it is killed.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    /// <summary>For a process that was just started. One that cannot be written down is ended with its children: whoever comes later could not find it.</summary>
    /// <exception cref="IOException">The disk did not take the file; the process is gone.</exception>
    public static void Write(string path, Process started)
    {
        if (Of(started.Id) is not { } process)
            return; // Already over: nothing can be left behind.

        var temporary = path + ".new";
        try
        {
            File.WriteAllText(temporary, JsonSerializer.Serialize(process));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            started.Kill(entireProcessTree: true);
            started.WaitForExit();
            throw new IOException($"'{path}', which names the process while it runs, could not be written: {full.Message}", full);
        }
    }

    /// <summary>Ends the process that the file names if it is still the same one, and deletes the file; its number if it was ended.</summary>
    /// <param name="mayBecomeAnother">The program may have put another in its own place since, as <c>npm</c> and shells do: then its start alone tells it.</param>
    public static async Task<int?> EndLeftoverAsync(string path, TimeProvider time, CancellationToken cancellationToken, bool mayBecomeAnother = false)
    {
        var process = Read(path);
        if (mayBecomeAnother && process is not null && Of(process.Id) is { } now && now.Started == process.Started)
            process = now;
        var isLeft = process is not null && process == Of(process.Id);
        if (process is not null && isLeft)
            await EndAsync(process, time, cancellationToken);
        File.Delete(path);
        return isLeft ? process?.Id : null;
    }

    private static async Task EndAsync(ProcessFile process, TimeProvider time, CancellationToken cancellationToken)
    {
        Signals.Terminate(process.Id);
        var started = time.GetTimestamp();
        while (process == Of(process.Id))
        {
            if (time.GetElapsedTime(started) > Grace)
            {
                KillTree(process.Id);
                return;
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private static void KillTree(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
        }
        catch (ArgumentException)
        {
            // It ended in this very moment.
        }
    }

    private static ProcessFile? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ProcessFile>(File.ReadAllBytes(path));
        }
        catch (JsonException)
        {
            return null; // Half written by a crash: it names nobody.
        }
    }

    /// <summary>The live process of that number; none if there is none or it only waits to be reaped.</summary>
    private static ProcessFile? Of(int id)
    {
        try
        {
            var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
            var stat = File.ReadAllText($"{folder}/stat");
            // The name in parentheses may hold anything, so fields are counted from behind it: state is the first, start the twentieth.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (fields[0] is "Z" or "X")
                return null;

            // Ticks since the machine started: they mean something only together with which start of the machine it was.
            var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            var command = File.ReadAllText($"{folder}/cmdline").Replace('\0', ' ').Trim();
            return new ProcessFile(id, $"{boot}+{fields[19]}", command);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
