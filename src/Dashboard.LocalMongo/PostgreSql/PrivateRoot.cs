using System.Runtime.InteropServices;
using Dashboard.LocalMongo.Hosting;
using Microsoft.Extensions.Logging;

namespace Dashboard.LocalMongo.PostgreSql;

/// <summary>The unpacked engine in the cache folder: made once, in a temporary folder that is renamed when it is whole.</summary>
internal sealed partial class PrivateRoot(string cacheDirectory, TimeProvider timeProvider, ILogger logger)
{
    // Raise the revision when the scripts change what they make.
    private static readonly string Key = $"documentdb-1-pg18-{RuntimeInformation.ProcessArchitecture}-r1".ToLowerInvariant();

    private string Home => Path.Combine(cacheDirectory, Key);

    public string Binaries => Path.Combine(Home, "root", "usr", "lib", "postgresql", "18", "bin");

    /// <summary>A data directory with the extension made; a new one is a copy of it.</summary>
    public string Template => Path.Combine(Home, "template");

    public static bool IsPossible => OperatingSystem.IsLinux() && File.Exists("/etc/debian_version")
        && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(Template)) return;
        Directory.CreateDirectory(cacheDirectory);
        await using var held = await LockAsync(cancellationToken);
        if (Directory.Exists(Template)) return;

        foreach (var left in Directory.EnumerateDirectories(cacheDirectory, Key + ".tmp-*"))
        {
            LogLeft(left);
            try
            {
                Directory.Delete(left, recursive: true);
            }
            catch (IOException)
            {
                // What the killed process had started still writes there; it fails soon, and the next preparation finds the rest.
            }
        }

        if (Directory.Exists(Home)) Directory.Delete(Home, recursive: true);
        var unfinished = Path.Combine(cacheDirectory, $"{Key}.tmp-{Guid.NewGuid():N}");
        try
        {
            await MakeAsync(unfinished, cancellationToken);
            Directory.Move(unfinished, Home);
        }
        catch
        {
            if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
            throw;
        }

        LogReady(Home);
    }

    private async Task MakeAsync(string target, CancellationToken cancellationToken)
    {
        LogDownloading();
        var scripts = Path.Combine(target, "scripts");
        Directory.CreateDirectory(scripts);
        var result = await Tool.TryRunAsync(["bash", Unpack("install-documentdb.sh", scripts), target], cancellationToken)
            ?? throw NotPossible("bash is missing");
        if (result.ExitCode != 0) throw NotPossible(LastLine(result.Error));

        LogPreparing();
        var template = Path.Combine(target, "template");
        Directory.CreateDirectory(template);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(template, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var account = await Account.ForAsync([target, Path.Combine(target, "root")], cancellationToken);
        await account.TakeAsync(template, cancellationToken);
        await Tool.RunAsync(
            [.. account.Prefix, "env", "-i", "PATH=/usr/bin:/bin", "LC_ALL=C", "OPENSSL_CONF=/dev/null", "sh", Unpack("make-template.sh", scripts), Path.Combine(target, "root"), template],
            cancellationToken);
        // The rename must not reach the disk before the files do.
        await Tool.TryRunAsync(["sync", "-f", target], cancellationToken);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(cacheDirectory, Key + ".lock");
        for (var told = false; ; told = true)
        {
            if (FileLock.TryTake(path) is { } held) return held;
            if (!told) LogWaiting();
            await Task.Delay(TimeSpan.FromMilliseconds(200), timeProvider, cancellationToken);
        }
    }

    private static string Unpack(string script, string directory)
    {
        var path = Path.Combine(directory, script);
        using var resource = typeof(PrivateRoot).Assembly.GetManifestResourceStream(script)
            ?? throw new InvalidOperationException($"The resource {script} is missing from Dashboard.LocalMongo.");
        using var file = File.Create(path);
        resource.CopyTo(file);
        return path;
    }

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault("no reason given");

    private static LocalMongoException NotPossible(string reason) => new(
        $"DocumentDB could not be made from Debian's packages ({reason}); {LocalMongoServer.ThreeWays}");

    [LoggerMessage(Level = LogLevel.Information, Message = "Downloading DocumentDB from Debian (about 50 MB, once)…")]
    private partial void LogDownloading();

    [LoggerMessage(Level = LogLevel.Information, Message = "Preparing DocumentDB (once)…")]
    private partial void LogPreparing();

    [LoggerMessage(Level = LogLevel.Information, Message = "DocumentDB is ready in {Directory}")]
    private partial void LogReady(string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for another process that prepares DocumentDB…")]
    private partial void LogWaiting();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Removing {Directory}, which an interrupted preparation left")]
    private partial void LogLeft(string directory);
}
