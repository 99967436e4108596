using System.Text;
using System.Text.Json;
using Dashboard.Operations.Files;
using MongoDB.Bson;

namespace Dashboard.Operations.Backups;

/// <summary>
/// The directory of all backups. An archive has its final name only when it is whole and on the disk;
/// everything unfinished begins with a dot and carries the run's id.
/// </summary>
public sealed class BackupFolder(string path)
{
    private const string IdentityFile = "folder-id";

    public string Path { get; } = path;

    /// <summary>What tells this folder from those of other machines: it lies in the folder and moves with the volume. Null before it was given one.</summary>
    public string? Identity
    {
        get
        {
            try
            {
                return ObjectId.TryParse(File.ReadAllText(PathOf(IdentityFile)), out var id) ? id.ToString() : null;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>Gives the folder, which has to be there, its identity if it has none; of several processes the first one's holds.</summary>
    public async Task<string?> IdentifyAsync(CancellationToken cancellationToken)
    {
        if (Identity is { } known)
            return known;
        var (id, file) = (ObjectId.GenerateNewId().ToString(), PathOf(IdentityFile));
        var temporary = Durable.TemporaryPathOf(file, id);
        try
        {
            await using (var created = Durable.Create(temporary))
            {
                await created.WriteAsync(Encoding.ASCII.GetBytes(id), cancellationToken);
                await Durable.SyncAsync(created, cancellationToken);
            }

            // Only a file that holds no identity gives way, and that is a damaged one: here it gets its name when it is whole.
            File.Move(temporary, file, overwrite: File.Exists(file) && Identity is null);
            Durable.SyncFolder(Path);
        }
        catch (IOException) when (Identity is not null)
        {
            // Another process was first.
        }
        finally
        {
            File.Delete(temporary);
        }

        return Identity;
    }

    /// <summary>0700; corrects the mode of a folder that is there.</summary>
    public void Prepare() => Durable.MakeFolder(Path);

    /// <summary><c>backup-staging-20261123-030000.gz</c>, UTC; <c>.enc</c> behind it when it is encrypted.</summary>
    public static string NameOf(
        string environment, DateTimeOffset at, bool compressed, BackupKind kind = BackupKind.Manual, bool encrypted = false) =>
        BackupNames.Of(kind, environment, at, compressed, encrypted);

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public string ManifestPathOf(string archive) => PathOf(archive + BackupNames.ManifestEnding);

    public string TemporaryPathOf(string archive, string runId) => Durable.TemporaryPathOf(PathOf(archive), runId);

    /// <summary>
    /// The name the runbook restores from; a symbolic link that is repointed in one step. Only one of the forms is there: a backup of
    /// another form takes the link of the last one away, so that nobody restores an old backup by the newest one's name.
    /// </summary>
    public string LatestPathOf(string environment, bool encrypted = false, bool compressed = true) => PathOf(BackupNames.LatestOf(environment, compressed, encrypted));

    /// <summary>In every form: compressed or not, encrypted or not.</summary>
    public IReadOnlyList<string> LatestPathsOf(string environment) => [.. BackupNames.LatestFormsOf(environment).Select(PathOf)];

    /// <summary>The archives that the environment's <c>-latest</c> links lead to.</summary>
    public IReadOnlyList<string> LatestTargets(string environment) =>
        [.. LatestPathsOf(environment).Select(link => new FileInfo(link).LinkTarget).OfType<string>()];

    /// <summary>Newest first, of all kinds. A manifest without its archive, or one that cannot be read, is left out.</summary>
    public IReadOnlyList<BackupManifest> List(string? environment = null) =>
        [.. Manifests()
            .Where(manifest => (environment is null || manifest.Environment == environment) && File.Exists(PathOf(manifest.Archive)))
            .OrderByDescending(manifest => manifest.FinishedAt)];

    /// <summary>The manifest beside an archive of this folder; null when there is none or it cannot be read.</summary>
    public BackupManifest? Find(string archive) =>
        Read(ManifestPathOf(archive)) is { } manifest && manifest.Archive == archive ? manifest : null;

    /// <summary>Archives that no readable manifest describes: copied here by hand, or with a damaged manifest.</summary>
    public IReadOnlyList<string> Undescribed() =>
        [.. Names()
            .Where(name => BackupNames.IsOurs(name) && !BackupNames.IsManifest(name) && new FileInfo(PathOf(name)).LinkTarget is null && Find(name) is null)
            .Order(StringComparer.Ordinal)];

    /// <summary>Deletes what unfinished runs left: temporary files, pointers half-made, and manifests whose archive never appeared.</summary>
    /// <param name="isGone">Whether the run of an id has ended, so that nobody writes to its files any more.</param>
    /// <returns>The names of the deleted files.</returns>
    public IReadOnlyList<string> Clear(Func<string, bool> isGone)
    {
        var cleared = Unfinished().Where(left => isGone(left.RunId)).Select(left => left.Name).ToList();
        cleared.ForEach(name => File.Delete(PathOf(name)));
        return cleared;
    }

    /// <summary>The runs whose files <see cref="Clear"/> would ask about.</summary>
    public IReadOnlySet<string> UnfinishedRuns() => Unfinished().Select(left => left.RunId).ToHashSet(StringComparer.Ordinal);

    /// <summary>What <see cref="Clear"/> would delete, by the run that left it.</summary>
    public IReadOnlyList<(string Name, string RunId)> Unfinished()
    {
        var names = Names();
        var orphans = names
            .Where(BackupNames.IsManifest)
            .Select(name => (Name: name, Manifest: Read(PathOf(name))))
            .Where(each => each.Manifest is not null && !File.Exists(PathOf(each.Manifest.Archive)))
            .Select(each => (each.Name, WriterOf(each.Manifest?.Archive, names) ?? each.Manifest?.RunId ?? string.Empty));
        return [.. names.Where(BackupNames.IsTemporary).Select(name => (name, BackupNames.RunOf(name))).Concat(orphans)];
    }

    /// <summary>A backup that is fetched from elsewhere has the manifest of the run that made it long ago, and belongs to the run that fetches.</summary>
    private static string? WriterOf(string? archive, IReadOnlyList<string> names) =>
        names.Where(name => BackupNames.IsTemporary(name) && name.StartsWith($".{archive}.", StringComparison.Ordinal)).Select(BackupNames.RunOf).FirstOrDefault();

    private IEnumerable<BackupManifest> Manifests() => Names().Where(BackupNames.IsManifest).Select(name => Read(PathOf(name))).OfType<BackupManifest>();

    private IReadOnlyList<string> Names() =>
        Directory.Exists(Path) ? [.. Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file))] : [];

    private static BackupManifest? Read(string file)
    {
        try
        {
            return BackupManifest.FromJson(File.ReadAllBytes(file));
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
