using System.Text.Json;
using Dashboard.Operations.Files;

namespace Dashboard.Operations.Backups;

/// <summary>Opens a backup for reading, whatever it is: plain, compressed or encrypted is told by its content, never by its name.</summary>
public sealed class BackupSource(BackupFolder folder, BackupKeys keys)
{
    /// <summary>Decompression asks for 8 KiB at a time.</summary>
    private const int BufferBytes = 256 * 1024;

    /// <param name="nameOrPath">An archive's name in the backup folder, a <c>-latest</c> name, or a path.</param>
    /// <param name="allowOutside">True for the command line alone: others may not read files outside the backup folder, links included.</param>
    public async Task<BackupOpening> OpenAsync(string nameOrPath, bool allowOutside, CancellationToken cancellationToken)
    {
        var (path, refusal) = Locate(nameOrPath, allowOutside);
        if (path is null)
            return BackupOpening.Refused(refusal);
        FileStream? file = null;
        try
        {
            file = Open(path);
            var (manifest, problem) = await ReadManifestAsync(path, cancellationToken);
            return BackupOpening.Opened(await OpenAsync(file, manifest, problem, cancellationToken));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (file is not null)
                await file.DisposeAsync();
            return BackupOpening.Refused($"'{nameOrPath}' cannot be opened: {exception.Message}");
        }
    }

    /// <summary>Whether it is the folder's own file, and not a copy that lies elsewhere under the same name: only of that does the ledger tell.</summary>
    internal bool IsInFolder(OpenBackup backup) => Resolve(folder.PathOf(backup.Name)) == backup.Path;

    /// <summary>Whether a path leads to a backup, in whatever form that lies there.</summary>
    public static bool Exists(string path) => ResolveAnyForm(Path.GetFullPath(path)) is { } found && File.Exists(found);

    /// <summary>Opens one that has no final name yet, against the manifest that it will get.</summary>
    internal async Task<OpenBackup> OpenDraftAsync(string path, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var file = Open(path);
        try
        {
            return await OpenAsync(file, manifest, manifestProblem: null, cancellationToken);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);

    private async Task<OpenBackup> OpenAsync(FileStream file, BackupManifest? manifest, string? manifestProblem, CancellationToken cancellationToken)
    {
        var start = new byte[EncryptionHeader.Magic.Length];
        var length = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        file.Position = 0;
        var isEncrypted = EncryptionHeader.IsAt(start.AsSpan(0, length));
        var metered = new MeteredReadStream(file);
        var archive = isEncrypted ? await DecryptingStream.OpenAsync(metered, keys, cancellationToken) : (Stream)metered;
        return new OpenBackup(file, file.Name, file.Length, metered, archive, isEncrypted, manifest, manifestProblem);
    }

    /// <summary>Opens a copy where it lies; as it cannot be read twice, its manifest says whether it is encrypted.</summary>
    internal async Task<OpenBackup> OpenCopyAsync(Stream copy, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var metered = new MeteredReadStream(copy);
        var archive = manifest.IsEncrypted ? await DecryptingStream.OpenAsync(metered, keys, cancellationToken) : (Stream)metered;
        return new OpenBackup(copy, manifest.Archive, manifest.Bytes, metered, archive, manifest.IsEncrypted, manifest, manifestProblem: null);
    }

    /// <summary>Whether a name alone leads to something in the folder, in whatever form.</summary>
    internal bool IsHere(string archive) => Exists(folder.PathOf(archive));

    /// <summary>The path with every link followed, or why it may not be read.</summary>
    private (string? Path, string Refusal) Locate(string nameOrPath, bool allowOutside)
    {
        if (string.IsNullOrWhiteSpace(nameOrPath) || nameOrPath.Contains('\0', StringComparison.Ordinal))
            return (null, "Say which backup: the name of an archive in the backup folder.");
        if (!allowOutside && nameOrPath.Split('/').Contains("..", StringComparer.Ordinal))
            return (null, $"'{nameOrPath}' has '..' in it; name an archive of the backup folder.");
        var home = Resolve(folder.Path) ?? folder.Path;
        var asked = Path.GetFullPath(nameOrPath, IsName(nameOrPath) ? folder.Path : allowOutside ? Directory.GetCurrentDirectory() : folder.Path);
        var path = ResolveAnyForm(asked) ?? (allowOutside ? Resolve(Path.GetFullPath(nameOrPath)) : null);
        if (!allowOutside && (path is null ? !IsWithin(asked, folder.Path) : !IsWithin(path, home)))
            return (null, $"'{nameOrPath}' is not in the backup folder ({folder.Path}), and only the command line may read from elsewhere.");
        return path is not null && File.Exists(path)
            ? (path, string.Empty)
            : (null, $"There is no backup '{nameOrPath}'{(IsName(nameOrPath) ? $" in {folder.Path}" : string.Empty)}; the list of backups names those there are.");
    }

    private static bool IsName(string nameOrPath) => !nameOrPath.Contains('/', StringComparison.Ordinal);

    private static bool IsWithin(string path, string directory) => path.StartsWith(Path.TrimEndingDirectorySeparator(directory) + "/", StringComparison.Ordinal);

    /// <summary>The encrypted one of that name as well; and of the names of the newest backup the one that is there.</summary>
    private static string? ResolveAnyForm(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? "/";
        var others = BackupNames.LatestEnvironmentOf(Path.GetFileName(path)) is { } environment
            ? BackupNames.LatestFormsOf(environment).Select(name => Path.Combine(folder, name))
            : [path + BackupNames.EncryptedEnding];
        return Resolve(path) ?? others.Select(Resolve).FirstOrDefault(found => found is not null);
    }

    /// <summary>Null when there is nothing of that name, or a link leads nowhere.</summary>
    private static string? Resolve(string path)
    {
        var resolved = Path.GetPathRoot(path) ?? "/";
        foreach (var part in path[resolved.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(resolved, part);
            FileSystemInfo info = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            if (!info.Exists)
                return null;
            try
            {
                resolved = info.ResolveLinkTarget(returnFinalTarget: true)?.FullName is { } target ? Resolve(target) ?? string.Empty : next;
            }
            catch (IOException)
            {
                return null;
            }

            if (resolved.Length == 0)
                return null;
        }

        return resolved;
    }

    private async Task<(BackupManifest? Manifest, string? Problem)> ReadManifestAsync(string archive, CancellationToken cancellationToken)
    {
        var path = archive + BackupNames.ManifestEnding;
        if (!File.Exists(path))
            return (null, null);
        try
        {
            var stored = await File.ReadAllBytesAsync(path, cancellationToken);
            var manifest = BackupManifest.FromJson(stored);
            var problem = manifest.Archive != Path.GetFileName(archive)
                ? $"it describes {manifest.Archive}: one of the two was renamed"
                : keys.ProblemOf(stored, isKnown: false);
            return (manifest, problem is null ? null : $"The manifest of {Path.GetFileName(archive)} cannot be believed: {problem}.");
        }
        catch (JsonException exception)
        {
            return (null, $"The manifest of {Path.GetFileName(archive)} cannot be read: {exception.Message}");
        }
    }
}

/// <summary>An opened backup, or the sentence why there is none.</summary>
public sealed record BackupOpening
{
    private BackupOpening(OpenBackup? backup, string? refusal)
    {
        Backup = backup;
        Refusal = refusal;
    }

    public OpenBackup? Backup { get; }

    /// <summary>Null exactly when there is a backup.</summary>
    public string? Refusal { get; }

    internal static BackupOpening Opened(OpenBackup backup) => new(backup, refusal: null);

    internal static BackupOpening Refused(string refusal) => new(backup: null, refusal);
}
