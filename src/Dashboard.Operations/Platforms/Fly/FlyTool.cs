using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Dashboard.Operations.Platforms.Fly;

/// <summary>
/// The flyctl binary as a child process: started directly and never through a shell, with an environment of its own, closed input and a
/// deadline. Its end is the end of everything that it started.
/// </summary>
internal sealed class FlyTool(FlyPlatformSettings settings, TimeProvider time)
{
    private const long MostJson = 8 * 1024 * 1024;
    private const int ReaderPatience = 2;

    private static readonly string[] Passed =
        ["PATH", "HOME", "TMPDIR", "TZ", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"];

    /// <summary>Runs the tool to its end or to its deadline. Cancelling asks it to end, ends it by force when it does not, and throws.</summary>
    /// <exception cref="PlatformException">It could not be started.</exception>
    public async Task<FlyResult> RunAsync(IReadOnlyList<string> arguments, TimeSpan limit, Action<string>? print, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(settings.Token))
            throw new PlatformException(PlatformFailure.Credentials, $"There is no token for Fly.io: set {settings.TokenVariable} to one that may do this, then restart the dashboard.");
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Start(arguments);
        process.StandardInput.Close();
        Action<string>? shown = print is null ? null : line => print(Redact(line));
        var (output, errors) = (new FlyOutput(MostJson, shown), new FlyOutput(0, shown));
        var reading = Task.WhenAll(output.ReadAsync(process.StandardOutput), errors.ReadAsync(process.StandardError));
        var isTimedOut = false;
        using var deadline = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await process.WaitForExitAsync(both.Token);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process);
            isTimedOut = true;
        }

        // Something that it left behind may keep the pipes open for ever.
        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(ReaderPatience), time, CancellationToken.None));
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<string> last = errors.Last is { Count: > 0 } said ? said : output.Last;
        return new FlyResult(arguments, process.ExitCode, output.Kept, output.IsTooLong, [.. last.Select(Redact)], isTimedOut);
    }

    private string Redact(string line) => FlyText.Redact(line, settings.Token);

    private Process Start(IReadOnlyList<string> arguments)
    {
        Directory.CreateDirectory(settings.ConfigFolder);
        var start = new ProcessStartInfo(settings.Program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            // A folder without a fly.toml: a broken one in the working directory breaks even a look.
            WorkingDirectory = settings.ConfigFolder,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var (name, value) in Variables())
            start.Environment[name] = value;
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        }
        catch (Win32Exception missing)
        {
            throw new PlatformException(
                PlatformFailure.NotFound, $"flyctl cannot be started as '{settings.Program}' ({missing.NativeErrorCode}): install it, or name it in config/dashboard.json as fly.program.", missing);
        }
    }

    private Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Passed)
        {
            if (settings.Variable(name) is { Length: > 0 } value)
                variables[name] = value;
        }

        variables["FLY_API_TOKEN"] = settings.Token ?? "";
        variables["FLY_CONFIG_DIR"] = settings.ConfigFolder;
        variables["FLY_NO_UPDATE_CHECK"] = "1";
        variables["FLY_NO_INCIDENTS_CHECK"] = "1";
        variables["FLY_SEND_METRICS"] = "0";
        variables["FLY_SYNTHETICS_AGENT"] = "0";
        variables["FLY_EMIT_RELEASE_JSON"] = "1";
        variables["NO_COLOR"] = "1";
        foreach (var (name, value) in settings.Variables)
            variables[name] = value;
        return variables;
    }

    /// <summary>In good order first: only then the tool itself marks its release as interrupted.</summary>
    private async Task EndAsync(Process process)
    {
        var below = ProcessTree.Below(process.Id);
        Signals.Interrupt(process.Id);
        try
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(settings.Limits.Grace, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            below = [.. below, .. ProcessTree.Below(process.Id)];
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        ProcessTree.Kill(below);
    }
}
