using System.Runtime.InteropServices;
using Dashboard.Operations.Processes;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>A process of the application, on the dotnet of this one.</summary>
internal static class LocalProcess
{
    /// <param name="print">Each line that it prints, from other threads.</param>
    public static ChildProcess Start(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables, string processFile, Action<string> print, TimeProvider time)
    {
        var start = new ChildStart(Host(), [program, .. arguments], variables)
        {
            Inherits = variable => variable is "PATH" or "HOME" or "TMPDIR" or "TZ" || variable.StartsWith("DOTNET_ROOT", StringComparison.Ordinal),
            ProcessFile = processFile,
            KeepsInput = true,
            Ask = Signals.Terminate,
            Grace = ProcessFile.Grace,
        };
        return ChildProcess.Start(start, new ChildOutput(print), new ChildOutput(print), time);
    }

    // Another dotnet on the PATH may not have this runtime.
    private static string Host()
    {
        var own = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(own) ? own : "dotnet";
    }
}
