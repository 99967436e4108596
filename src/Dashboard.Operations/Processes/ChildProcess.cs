using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Dashboard.Operations.Processes;

/// <summary>
/// Another program as a child process: started directly and never through a shell, with an environment of its own, both pipes read in bounded
/// memory. When it is ended, everything that it started is.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReaderPatience = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly ChildStart _start;
    private readonly TimeProvider _time;
    private readonly Task _reading;

    private ChildProcess(Process process, ChildStart start, Task reading, TimeProvider time) =>
        (_process, _start, _reading, _time) = (process, start, reading, time);

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <exception cref="Win32Exception">It cannot be started.</exception>
    /// <exception cref="IOException">Its process file could not be written, so it was ended again.</exception>
    public static ChildProcess Start(ChildStart start, ChildOutput output, ChildOutput errors, TimeProvider time)
    {
        var process = new Process { StartInfo = InfoOf(start) };
        try
        {
            process.Start();
        }
        catch
        {
            process.Dispose();
            throw;
        }

        try
        {
            if (start.ProcessFile is { } file)
                ProcessFile.Write(file, process);
        }
        catch
        {
            process.Dispose();
            throw;
        }

        if (!start.KeepsInput)
            process.StandardInput.Close();
        return new ChildProcess(process, start, Task.WhenAll(output.ReadAsync(process.StandardOutput), errors.ReadAsync(process.StandardError)), time);
    }

    /// <summary>Waits for the end and what was printed before it; cancelling ends the wait and not the process.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await ReadAsync();
        return _process.ExitCode;
    }

    /// <summary>Waits for the end, and ends it when its time is over or it is cancelled.</summary>
    /// <returns>False when its time was over.</returns>
    public async Task<bool> WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            await EndAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    /// <summary>Ends it if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _process.Dispose();
        if (_start.ProcessFile is { } file)
            File.Delete(file);
    }

    private async Task EndAsync()
    {
        if (_process.HasExited)
            return;
        var below = ProcessTree.Below(_process.Id);
        if (!await EndsByItselfAsync())
        {
            below = [.. below, .. ProcessTree.Below(_process.Id)];
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        ProcessTree.Kill(below);
        await ReadAsync();
    }

    private async Task<bool> EndsByItselfAsync()
    {
        if (_start.Ask is not { } ask)
            return false;
        ask(_process.Id);
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(_start.Grace, _time, CancellationToken.None);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // Something that it left behind may keep the pipes open for ever.
    private async Task ReadAsync() => await Task.WhenAny(_reading, Task.Delay(ReaderPatience, _time, CancellationToken.None));

    private static ProcessStartInfo InfoOf(ChildStart start)
    {
        var info = new ProcessStartInfo(start.Program, start.Arguments)
        {
            WorkingDirectory = start.Folder ?? string.Empty,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        // What this process was told (its own secrets among it) is not the child's business.
        foreach (var name in info.Environment.Keys.Where(name => !start.Inherits(name)).ToList())
            info.Environment.Remove(name);
        foreach (var (name, value) in start.Variables)
            info.Environment[name] = value;
        return info;
    }
}

/// <summary>What to start, and how it is ended.</summary>
/// <param name="Variables">Its environment, beside what it inherits.</param>
internal sealed record ChildStart(string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>This process's own when it is null.</summary>
    public string? Folder { get; init; }

    /// <summary>Which variables of this process it is given.</summary>
    public Func<string, bool> Inherits { get; init; } = _ => false;

    /// <summary>Names the process while it runs, so that whoever comes after a crash can end it.</summary>
    public string? ProcessFile { get; init; }

    /// <summary>Its input stays an open pipe that only this process holds, so that it notices when this one dies; else it is closed at once.</summary>
    public bool KeepsInput { get; init; }

    /// <summary>The signal that asks it to end; null ends it by force at once.</summary>
    public Action<int>? Ask { get; init; }

    /// <summary>Between asking and force.</summary>
    public TimeSpan Grace { get; init; }

    // Variables and arguments may hold secrets.
    public override string ToString() => Program;
}
