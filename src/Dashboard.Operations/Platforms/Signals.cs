using System.Runtime.InteropServices;

namespace Dashboard.Operations.Platforms;

/// <summary>The signal that .NET cannot send: a request to end, which the process may answer in good order.</summary>
internal static partial class Signals
{
    private const int SigTerm = 15;

    /// <summary>A process that is already gone is no error: gone was the wish.</summary>
    public static void Terminate(int processId) => _ = Kill(processId, SigTerm);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
