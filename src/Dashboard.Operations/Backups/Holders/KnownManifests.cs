using System.Collections.Concurrent;
using System.Text.Json;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>The manifests of backups that lie elsewhere, as the dashboard's database keeps them. A manifest never changes, so each is read once in a process.</summary>
public sealed class KnownManifests(DashboardDatabase database)
{
    /// <summary>Far more than there ever are; a bound all the same.</summary>
    private const int Most = 5_000;

    private readonly ConcurrentDictionary<(string Archive, string Sha256), KnownManifest?> _read = new();

    /// <summary>Of each archive the manifest of the file of that SHA-256, where one is known that can be read.</summary>
    internal async Task<IReadOnlyList<KnownManifest>> OfAsync(IReadOnlyList<(string Archive, string Sha256)> files, CancellationToken cancellationToken)
    {
        if (_read.Count > Most)
            _read.Clear();
        var unread = files.Where(file => !_read.ContainsKey(file)).Select(file => file.Archive).ToList();
        if (unread.Count > 0)
            await ReadAsync(unread, cancellationToken);
        return [.. files.Select(file => _read.GetValueOrDefault(file)).OfType<KnownManifest>()];
    }

    private async Task ReadAsync(List<string> archives, CancellationToken cancellationToken)
    {
        var held = await database.HeldBackups.Find(Builders<HeldBackup>.Filter.In(one => one.Archive, archives)).ToListAsync(cancellationToken);
        var copied = await database.BackupCopies.Find(Builders<BackupCopy>.Filter.In(one => one.Archive, archives)).ToListAsync(cancellationToken);
        foreach (var (archive, sha256, json) in held.Select(one => (one.Archive, one.Sha256, one.Manifest)).Concat(copied.Select(one => (one.Archive, one.Sha256, one.Manifest))))
        {
            if (json is not null)
                _read.TryAdd((archive, sha256), KnownManifest.TryRead(archive, sha256, json));
        }
    }
}

/// <summary>A manifest with the very bytes that its keyed checksum is of.</summary>
internal sealed record KnownManifest(BackupManifest Manifest, byte[] Json)
{
    /// <summary>Null when it cannot be read or is that of another file.</summary>
    /// <param name="sha256">Null: whatever it says.</param>
    public static KnownManifest? TryRead(string archive, string? sha256, byte[] json)
    {
        try
        {
            var manifest = BackupManifest.FromJson(json);
            return BackupNames.IsArchive(archive) && manifest.Archive == archive && (sha256 is null || manifest.Sha256 == sha256) ? new KnownManifest(manifest, json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
