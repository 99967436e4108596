using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Dashboard.Testing.Mongo;
using Xunit.Sdk;

namespace Dashboard.Testing.Faults;

/// <summary>A real S3 server as a child process (s3rver from npm), with one bucket in a folder that a test can look into and break.</summary>
public sealed partial class S3Server : IAsyncDisposable
{
    public const string Bucket = "backups";

    /// <summary>The server's own, for both halves of the credentials.</summary>
    public const string Credential = "S3RVER";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("s3-");
    private Process? _process;
    private int _port;

    /// <summary>The same before and after a stop, so that whoever knows it meets the server again.</summary>
    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"));

    public static async Task<S3Server> StartAsync()
    {
        var server = new S3Server();
        await server.RunAsync();
        return server;
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>, on the same port and data.</summary>
    public async Task RunAsync()
    {
        var program = Path.Combine(Repository.Root, "tests", "node_modules", "s3rver", "bin", "s3rver.js");
        var start = new ProcessStartInfo(
            "node", [program, "-d", _folder.FullName, "-a", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "--configure-bucket", Bucket])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start) ?? throw new XunitException("s3rver did not start; run 'npm ci --prefix tests'.");
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match)
                continue;
            _port = int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture);
            _ = _process.StandardOutput.ReadToEndAsync();
            return;
        }

        throw new XunitException("s3rver ended instead of listening; run 'npm ci --prefix tests'.");
    }

    public async Task StopAsync()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>The file in which the server keeps an object's content.</summary>
    public string FileOf(string key) => Path.Combine(_folder.FullName, Bucket, key + "._S3rver_object");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    [GeneratedRegex("listening on .*:(?<port>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listening();
}
