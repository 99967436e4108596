using System.ComponentModel;
using System.Security.Cryptography;
using Dashboard.Operations.Processes;

namespace Dashboard.Operations.Platforms.Fly;

/// <summary>
/// The flyctl binary as a child process, with an environment of its own and a deadline.
/// </summary>
internal sealed class FlyTool(FlyPlatformSettings settings, TimeProvider time)
{
    private const long MostJson = 8 * 1024 * 1024;

    private static readonly string[] Passed =
        ["PATH", "HOME", "TMPDIR", "TZ", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"];

    /// <summary>Runs the tool to its end or to its deadline. Cancelling asks it to end, ends it by force when it does not, and throws.</summary>
    /// <exception cref="PlatformException">It could not be started.</exception>
    public async Task<FlyResult> RunAsync(IReadOnlyList<string> arguments, TimeSpan limit, Action<string>? print, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(settings.Token))
            throw new PlatformException(PlatformFailure.Credentials, $"There is no token for Fly.io: set {settings.TokenVariable} to one that may do this, then restart the dashboard.");
        cancellationToken.ThrowIfCancellationRequested();
        if (settings.Sha256 is { } sum)
            await CheckAsync(sum, cancellationToken);
        var (said, complained) = (new FlyLines(Redact, print), new FlyLines(Redact, print));
        var output = new ChildOutput(said.Add, MostJson);
        await using var process = Start(arguments, output, new ChildOutput(complained.Add));
        var isInTime = await process.WaitAsync(limit, cancellationToken);
        return new FlyResult(arguments, process.ExitCode, output.Kept, output.IsTooLong, complained.Last is { Count: > 0 } last ? last : said.Last, !isInTime);
    }

    private string Redact(string line) => FlyText.Redact(line, settings.Token);

    /// <summary>At every call, because the file lies there between them: some 90 ms of processor for 100 MB.</summary>
    private async Task CheckAsync(string sum, CancellationToken cancellationToken)
    {
        string found;
        try
        {
            await using var file = File.OpenRead(settings.Program);
            found = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PlatformException(PlatformFailure.NotFound, $"flyctl at '{settings.Program}' cannot be read, so it was not run: {exception.Message}", exception);
        }

        if (found != sum)
        {
            throw new PlatformException(
                PlatformFailure.NotFound, $"The file '{settings.Program}' is not the flyctl that fly.sha256 of config/dashboard.json names, so it was not run: its SHA-256 is {found}. If you updated it, put that sum there; else find out who changed it.");
        }
    }

    private ChildProcess Start(IReadOnlyList<string> arguments, ChildOutput output, ChildOutput errors)
    {
        MakeFolder();
        var start = new ChildStart(settings.Program, arguments, Variables())
        {
            // A folder without a fly.toml: a broken one in the working directory breaks even a look.
            Folder = settings.ConfigFolder,
            // In good order first: only then the tool itself marks its release as interrupted.
            Ask = Signals.Interrupt,
            Grace = settings.Limits.Grace,
        };
        try
        {
            return ChildProcess.Start(start, output, errors, time);
        }
        catch (Win32Exception missing)
        {
            throw new PlatformException(
                PlatformFailure.NotFound, $"flyctl cannot be started as '{settings.Program}' ({missing.NativeErrorCode}): install it, or name it in config/dashboard.json as fly.program.", missing);
        }
    }

    private void MakeFolder()
    {
        try
        {
            Directory.CreateDirectory(settings.ConfigFolder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PlatformException(
                PlatformFailure.NotFound, $"The folder '{settings.ConfigFolder}', in which flyctl keeps its settings, cannot be made, so it was not run: {exception.Message} Let the dashboard's user write there.", exception);
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
}
