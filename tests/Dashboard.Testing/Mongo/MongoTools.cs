using System.Diagnostics;
using System.IO.Compression;

namespace Dashboard.Testing.Mongo;

/// <summary>The genuine mongodump and mongorestore, from the tests' npm packages; fetched by <c>npm ci</c> when they are not there.</summary>
public static class MongoTools
{
    private static readonly SemaphoreSlim Installing = new(1);

    public static Task<string> DumpAsync(CancellationToken cancellationToken) => FindAsync("mongodump", cancellationToken);

    public static Task<string> RestoreAsync(CancellationToken cancellationToken) => FindAsync("mongorestore", cancellationToken);

    /// <summary>Runs a tool and returns what it reported; a failure carries that text.</summary>
    public static async Task<string> RunAsync(string tool, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await RunProcessAsync(tool, arguments, cancellationToken);
        return exitCode == 0 ? output : throw new InvalidOperationException($"{Path.GetFileName(tool)} ended with {exitCode}: {output}");
    }

    private static async Task<string> FindAsync(string name, CancellationToken cancellationToken)
    {
        var tests = Path.Combine(Repository.Root, "tests");
        if (Locate(tests, name) is { } found) return found;

        await Installing.WaitAsync(cancellationToken);
        try
        {
            if (Locate(tests, name) is { } installed) return installed;
            var (exitCode, output) = await RunProcessAsync("npm", ["ci", "--prefix", tests], cancellationToken);
            return Locate(tests, name)
                ?? throw new InvalidOperationException($"'npm ci --prefix tests' gave no {name} (exit code {exitCode}); run it by hand. It said: {output}");
        }
        finally
        {
            Installing.Release();
        }
    }

    private static string? Locate(string tests, string name)
    {
        var package = Path.Combine(tests, "node_modules", "@burakbey", "mongodb-tools");
        var archive = Path.Combine(package, "bin.zip");
        // npm may be set not to run the package's own unpacking.
        if (!Directory.Exists(Path.Combine(package, "bin")) && File.Exists(archive)) ZipFile.ExtractToDirectory(archive, package);
        var tool = Path.Combine(package, "bin", name);
        if (!File.Exists(tool)) return null;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(tool, File.GetUnixFileMode(tool) | UnixFileMode.UserExecute);
        return tool;
    }

    private static async Task<(int ExitCode, string Output)> RunProcessAsync(string file, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await error);
    }
}
