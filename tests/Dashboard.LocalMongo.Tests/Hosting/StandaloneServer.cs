using System.Diagnostics;
using System.Globalization;

namespace Dashboard.LocalMongo.Tests.Hosting;

/// <summary>The program of the project in a process of its own, to be killed.</summary>
internal sealed class StandaloneServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private StandaloneServer(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public string ConnectionString { get; private set; } = "";

    /// <summary>Starts without waiting for the server to answer.</summary>
    public static StandaloneServer Launch(IEnumerable<string> arguments, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Dashboard.LocalMongo.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new StandaloneServer(Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start."));
    }

    public static async Task<StandaloneServer> StartAsync(
        string data, CancellationToken cancellationToken, params IEnumerable<(string Name, string Value)> environment)
    {
        var server = Launch(["--data", data], environment);
        await server.WaitUntilReadyAsync(cancellationToken);
        return server;
    }

    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken) =>
        ConnectionString = await _process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException("The server ended: " + await _errors);

    /// <summary>What came after the connection string on standard output, what on standard error, and the exit code.</summary>
    public async Task<(string Output, string Errors, int ExitCode)> EndAsync(CancellationToken cancellationToken)
    {
        var output = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        return (output, await _errors, _process.ExitCode);
    }

    public async Task<(string Output, string Errors, int ExitCode)> TerminateAsync(CancellationToken cancellationToken, string signal = "TERM")
    {
        await Processes.SignalAsync(signal, _process.Id);
        return await EndAsync(cancellationToken);
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await TerminateAsync(CancellationToken.None);
        _process.Dispose();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"process {_process.Id}");
}
