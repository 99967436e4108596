using System.Runtime.InteropServices;

namespace Dashboard.Operations.Processes;

/// <summary>The signals that .NET cannot send: requests to end, which the process may answer in good order.</summary>
internal static partial class Signals
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigTerm = 15;

    /// <summary>A process that is already gone is no error: gone was the wish.</summary>
    public static void Terminate(int processId) => _ = Kill(processId, SigTerm);

    /// <summary>As Ctrl+C would.</summary>
    public static void Interrupt(int processId) => _ = Kill(processId, SigInt);

    /// <summary>Cannot be refused.</summary>
    public static void Kill(int processId) => _ = Kill(processId, SigKill);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
