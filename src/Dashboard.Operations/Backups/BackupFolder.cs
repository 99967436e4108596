using System.Globalization;
using System.Text.Json;
using Dashboard.Operations.Files;

namespace Dashboard.Operations.Backups;

/// <summary>
/// The directory of all backups. An archive has its final name only when it is whole and on the disk;
/// everything unfinished begins with a dot and carries the run's id.
/// </summary>
public sealed class BackupFolder(string path)
{
    private const string ManifestEnding = ".manifest.json";

    public string Path { get; } = path;

    /// <summary>0700; corrects the mode of a folder that is there.</summary>
    public void Prepare() => Durable.MakeFolder(Path);

    /// <summary><c>backup-staging-20261123-030000.gz</c>, UTC.</summary>
    public static string NameOf(string environment, DateTimeOffset at, bool compressed) =>
        string.Create(CultureInfo.InvariantCulture, $"backup-{environment}-{at.UtcDateTime:yyyyMMdd-HHmmss}{(compressed ? ".gz" : ".archive")}");

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public string ManifestPathOf(string archive) => PathOf(archive + ManifestEnding);

    public string TemporaryPathOf(string archive, string runId) => Durable.TemporaryPathOf(PathOf(archive), runId);

    /// <summary>The name the runbook restores from; a symbolic link that is repointed in one step.</summary>
    public string LatestPathOf(string environment) => PathOf($"backup-{environment}-latest.gz");

    /// <summary>Newest first. A manifest without its archive, or one that cannot be read, is left out.</summary>
    public IReadOnlyList<BackupManifest> List(string? environment = null)
    {
        if (!Directory.Exists(Path))
            return [];
        return [.. Directory.EnumerateFiles(Path, "backup-*" + ManifestEnding)
            .Select(Read)
            .OfType<BackupManifest>()
            .Where(manifest => (environment is null || manifest.Environment == environment) && File.Exists(PathOf(manifest.Archive)))
            .OrderByDescending(manifest => manifest.FinishedAt)];
    }

    /// <summary>Deletes what unfinished runs left: temporary files, pointers half-made, and manifests whose archive never appeared.</summary>
    /// <param name="isGone">Whether the run of an id has ended, so that nobody writes to its files any more.</param>
    /// <returns>The names of the deleted files.</returns>
    public IReadOnlyList<string> Clear(Func<string, bool> isGone)
    {
        if (!Directory.Exists(Path))
            return [];
        var orphans = Directory.EnumerateFiles(Path, "backup-*" + ManifestEnding)
            .Where(file => Read(file) is { } manifest && !File.Exists(PathOf(manifest.Archive)) && isGone(manifest.RunId));
        var unfinished = Directory.EnumerateFiles(Path, ".backup-*.tmp").Where(file => isGone(RunOf(file)));
        var cleared = unfinished.Concat(orphans).ToList();
        cleared.ForEach(File.Delete);
        return [.. cleared.Select(file => System.IO.Path.GetFileName(file)!)];
    }

    /// <summary>The runs whose files <see cref="Clear"/> would ask about.</summary>
    public IReadOnlySet<string> UnfinishedRuns()
    {
        if (!Directory.Exists(Path))
            return new HashSet<string>(StringComparer.Ordinal);
        var orphans = Directory.EnumerateFiles(Path, "backup-*" + ManifestEnding)
            .Select(Read).OfType<BackupManifest>().Where(manifest => !File.Exists(PathOf(manifest.Archive))).Select(manifest => manifest.RunId);
        return Directory.EnumerateFiles(Path, ".backup-*.tmp").Select(RunOf).Concat(orphans).ToHashSet(StringComparer.Ordinal);
    }

    private static string RunOf(string temporary) => System.IO.Path.GetFileNameWithoutExtension(temporary).Split('.')[^1];

    private static BackupManifest? Read(string file)
    {
        try
        {
            return BackupManifest.FromJson(File.ReadAllBytes(file));
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            return null;
        }
    }
}
