using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>
/// A process of the application. Its standard input is a pipe that only this process holds, so it notices when this one dies.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string? _processFile;

    private ChildProcess(Process process, string? processFile)
    {
        _process = process;
        _processFile = processFile;
    }

    public int Id => _process.Id;

    /// <summary>Starts the application; each line it prints goes to the callback, from other threads.</summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> variables, string? processFile, Action<string> print)
    {
        var start = new ProcessStartInfo(Host())
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // What this process was told (its own secrets among it) is not the child's business.
        foreach (var name in start.Environment.Keys.Where(name => !IsNeeded(name)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Print(line.Data);
        process.ErrorDataReceived += (_, line) => Print(line.Data);
        process.Start();
        if (processFile is not null)
            ProcessFile.Write(processFile, process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process, processFile);

        void Print(string? line)
        {
            if (line is not null)
                print(line);
        }
    }

    /// <summary>Waits for the end and everything printed before it.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Asks the process to end, kills it with its children when it takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signals.Terminate(_process.Id);
            try
            {
                await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(ProcessFile.Grace);
            }
            catch (TimeoutException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
        if (_processFile is not null)
            File.Delete(_processFile);
    }

    private static bool IsNeeded(string variable) =>
        variable is "PATH" or "HOME" or "TMPDIR" or "TZ" || variable.StartsWith("DOTNET_ROOT", StringComparison.Ordinal);

    // The dotnet of this runtime: another one on the PATH may not have it.
    private static string Host()
    {
        var own = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(own) ? own : "dotnet";
    }
}
