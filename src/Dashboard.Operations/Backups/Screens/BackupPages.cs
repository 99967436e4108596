using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Backups;

/// <summary>What the pages about backups show, read in one go.</summary>
public sealed class BackupPages(
    BackupHistory history, BackupHealth health, BackupFolder folder, CopyPlan copies, RestoreJournal restores, Leases leases, EnvironmentRegistry environments, Settings settings, TimeProvider time)
{
    private const int TimesAhead = 2;

    public async Task<BackupPage> ReadAsync(CancellationToken cancellationToken)
    {
        var entries = (await history.ListAsync(environment: null, cancellationToken)).ToLookup(entry => entry.Manifest.Environment, StringComparer.Ordinal);
        var kept = (await KeptAsync(cancellationToken)).Where(data => data.CanBeUndone(time.GetUtcNow())).ToLookup(data => data.Environment, StringComparer.Ordinal);
        var sections = new List<BackupSection>();
        foreach (var environment in environments.All)
        {
            sections.Add(new BackupSection(
                environment.Name,
                environment.Title,
                await health.OfAsync(environment, cancellationToken),
                [.. entries[environment.Name].Select(entry => Shelve(entry, environment))],
                [.. kept[environment.Name]],
                await leases.HolderAsync(environment.Name, cancellationToken)));
        }

        return new BackupPage(
            new BackupSpace(folder.Path, entries.SelectMany(group => group).Sum(entry => entry.FileBytes), FreeBytes()),
            BackupSlot.Of(settings.Schedule, time.GetUtcNow(), TimesAhead),
            sections,
            folder.Undescribed());
    }

    /// <summary>Null when the folder has no such archive with a manifest that can be read.</summary>
    public async Task<BackupDetail?> FindAsync(string archive, CancellationToken cancellationToken)
    {
        // The name comes from an address: it may name a file of the folder and nothing else.
        if (Path.GetFileName(archive) != archive || await history.FindAsync(archive, cancellationToken) is not { } entry)
            return null;
        var environment = environments.Find(entry.Manifest.Environment);
        return new BackupDetail(Shelve(entry, environment), folder.PathOf(entry.Manifest.Archive), environment?.Title);
    }

    /// <summary>What restores kept of the time before them, newest first, also what is gone or was brought back.</summary>
    public async Task<IReadOnlyList<KeptData>> KeptAsync(CancellationToken cancellationToken) =>
        [.. (await restores.ListAsync(environment: null, cancellationToken)).Select(KeptData.Of).OfType<KeptData>()];

    // Before the first backup there is no folder yet, but the volume that it will be on.
    private long? FreeBytes()
    {
        var there = folder.Path;
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } above)
            there = above;
        return VolumeSpace.FreeBytes(there);
    }

    private ShelvedBackup Shelve(BackupEntry entry, TargetEnvironment? environment) =>
        new(entry, CopyStanding.Of(entry, environment is null ? [] : copies.PlacesOf(environment).Select(place => place.Name)));
}
