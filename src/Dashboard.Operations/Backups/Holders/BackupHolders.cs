using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>
/// Which machine has which backup on its disk: each tells of its own folder in the dashboard's database, and reads there what the others told. No
/// machine changes what another one told, or deletes anything because of it.
/// </summary>
public sealed class BackupHolders(BackupFolder folder, DashboardDatabase database, TimeProvider time)
{
    /// <summary>A folder that nobody has told of for this long is gone with its machine; were it to come back, it would tell again.</summary>
    internal static readonly TimeSpan Forgotten = TimeSpan.FromDays(30);

    private readonly IMongoCollection<HeldBackup> _held = database.HeldBackups;

    /// <summary>Tells what is in this machine's folder now; repeatable, also by several processes on one folder.</summary>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        var manifests = folder.List();
        if (manifests.Count == 0 && folder.Identity is null)
            return;
        if (await folder.IdentifyAsync(cancellationToken) is not { } id)
            return;
        var holder = new BackupHolder { Id = id, Machine = Environment.MachineName, Path = Path.GetFullPath(folder.Path), SeenAt = time.GetUtcNow() };
        await database.BackupHolders.ReplaceOneAsync(stored => stored.Id == id, holder, new ReplaceOptions { IsUpsert = true }, cancellationToken);
        var told = (await _held.Find(held => held.Holder == id).Project(held => new Told(held.Archive, held.Sha256)).ToListAsync(cancellationToken)).ToHashSet();
        foreach (var manifest in manifests.Where(manifest => !told.Contains(new Told(manifest.Archive, manifest.Sha256))))
            await TellAsync(id, manifest, cancellationToken);
        var names = manifests.Select(manifest => manifest.Archive).ToHashSet(StringComparer.Ordinal);
        var gone = told.Where(one => !names.Contains(one.Archive)).Select(one => HeldBackup.IdOf(id, one.Archive)).ToList();
        if (gone.Count > 0)
            await _held.DeleteManyAsync(Builders<HeldBackup>.Filter.In(held => held.Id, gone), cancellationToken);
        await ForgetAsync(id, cancellationToken);
    }

    /// <summary>What other machines have on their disks, without the manifests.</summary>
    internal async Task<IReadOnlyList<(HeldBackup Backup, BackupHolder Holder)>> ElsewhereAsync(string? environment, CancellationToken cancellationToken)
    {
        var id = folder.Identity;
        var holders = (await database.BackupHolders.Find(holder => holder.Id != id).ToListAsync(cancellationToken)).ToDictionary(holder => holder.Id, StringComparer.Ordinal);
        if (holders.Count == 0)
            return [];
        var others = Builders<HeldBackup>.Filter.In(held => held.Holder, holders.Keys);
        var found = await _held.Find(environment is null ? others : others & Builders<HeldBackup>.Filter.Eq(held => held.Environment, environment))
            .Project<HeldBackup>(Builders<HeldBackup>.Projection.Exclude(held => held.Manifest))
            .ToListAsync(cancellationToken);
        return [.. found.Select(held => (held, holders[held.Holder]))];
    }

    /// <summary>Whether a backup of this name lies on another machine: names are unique in the whole installation.</summary>
    internal async Task<bool> IsElsewhereAsync(string archive, CancellationToken cancellationToken)
    {
        var id = folder.Identity;
        return await _held.Find(held => held.Archive == archive && held.Holder != id).AnyAsync(cancellationToken);
    }

    private async Task TellAsync(string id, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var held = new HeldBackup
        {
            Id = HeldBackup.IdOf(id, manifest.Archive),
            Holder = id,
            Archive = manifest.Archive,
            Environment = manifest.Environment,
            Sha256 = manifest.Sha256,
            Manifest = await File.ReadAllBytesAsync(folder.ManifestPathOf(manifest.Archive), cancellationToken),
        };
        await _held.ReplaceOneAsync(stored => stored.Id == held.Id, held, new ReplaceOptions { IsUpsert = true }, cancellationToken);
    }

    /// <summary>What it held first: a holder without its backups claims nothing.</summary>
    private async Task ForgetAsync(string id, CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - Forgotten;
        var gone = await database.BackupHolders.Find(holder => holder.Id != id && holder.SeenAt < before).Project(holder => holder.Id).ToListAsync(cancellationToken);
        if (gone.Count == 0)
            return;
        await _held.DeleteManyAsync(Builders<HeldBackup>.Filter.In(held => held.Holder, gone), cancellationToken);
        await database.BackupHolders.DeleteManyAsync(holder => gone.Contains(holder.Id) && holder.SeenAt < before, cancellationToken);
    }

    private readonly record struct Told(string Archive, string Sha256);
}
