using System.Diagnostics;

namespace Dashboard.LocalMongo.Hosting;

/// <summary>
/// A server process that ends with this one, however this one ends: a small shell holds a pipe from us and asks the server to stop
/// when the pipe closes. It has its own session, so that a Ctrl+C in the terminal reaches it only through us, after our own work is done.
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    // Descriptor 3 is the pipe: a background job's standard input would be /dev/null.
    private const string Guard = """
        exec 3<&0 </dev/null >>"$0" 2>&1
        signal=$1
        shift
        "$@" 3<&- &
        server=$!
        { read -r _ <&3; kill -$signal $server; } 2>/dev/null &
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

    /// <summary>Starts the command; what it prints is added to the file <paramref name="log"/>, and <paramref name="signal"/> is what stops it.</summary>
    public static ServerProcess Start(string log, string signal, IEnumerable<string> command)
    {
        // The name under which the shell knows the log is $0.
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Guard, log, signal, .. command]) { RedirectStandardInput = true, UseShellExecute = false };
        return new ServerProcess(Process.Start(start) ?? throw new InvalidOperationException("setsid did not start."));
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Asks the server to stop; returns at once.</summary>
    public void RequestStop() => _process.StandardInput.Close();

    /// <summary>Asks the server to stop, and kills it when it has not done so in time.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        RequestStop();
        using var time = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _process.Dispose();
}
