using System.Diagnostics;

namespace Dashboard.LocalMongo.Hosting;

/// <summary>
/// A server process that ends with this one, however this one ends: a small shell holds a pipe from us and asks the server to stop (SIGINT)
/// when the pipe closes. It has its own session, so that a Ctrl+C in the terminal reaches it only through us, after our own work is done.
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    // Descriptor 3 is the pipe: a background job's standard input would be /dev/null.
    private const string Guard = """
        exec 3<&0 </dev/null >>"$0" 2>&1
        "$@" 3<&- &
        server=$!
        { read -r _ <&3; kill -INT $server; } 2>/dev/null &
        guard=$!
        exec 3<&-
        wait $server
        code=$?
        kill $guard 2>/dev/null
        exit $code
        """;

    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts the command; what it prints is added to the file <paramref name="log"/>.</summary>
    public static ServerProcess Start(string log, IEnumerable<string> command)
    {
        // The name under which the shell knows the log is $0.
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Guard, log, .. command]) { RedirectStandardInput = true, UseShellExecute = false };
        return new ServerProcess(Process.Start(start) ?? throw new InvalidOperationException("setsid did not start."));
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Asks the server to stop; returns at once.</summary>
    public void RequestStop() => _process.StandardInput.Close();

    public void Dispose() => _process.Dispose();
}
