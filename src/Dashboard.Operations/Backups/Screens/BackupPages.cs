using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Backups;

/// <summary>What the pages about backups show, read in one go.</summary>
public sealed class BackupPages(
    BackupHistory history, BackupHealth health, BackupFolder folder, CopyPlan copies, CopyLooks looks, RestoreJournal restores, Leases leases, EnvironmentRegistry environments, Settings settings, TimeProvider time)
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
            new BackupSpace(folder.Path, entries.SelectMany(group => group).Where(entry => entry.IsHere).Sum(entry => entry.FileBytes), VolumeSpace.FreeBytes(folder.Path)),
            BackupSlot.Of(settings.Schedule, time.GetUtcNow(), TimesAhead),
            sections,
            folder.Undescribed(),
            await looks.UnreadAsync(cancellationToken));
    }

    /// <summary>Null when the folder has no such archive with a manifest that can be read.</summary>
    public async Task<BackupDetail?> FindAsync(string archive, CancellationToken cancellationToken)
    {
        // The name comes from an address: it may name a file of the folder and nothing else.
        if (Path.GetFileName(archive) != archive || await history.FindAsync(archive, cancellationToken) is not { } entry)
            return null;
        var environment = environments.Find(entry.Manifest.Environment);
        return new BackupDetail(Shelve(entry, environment), PathOf(entry), environment?.Title);
    }

    private string PathOf(BackupEntry entry) => entry switch
    {
        { IsHere: true } => folder.PathOf(entry.Manifest.Archive),
        { Elsewhere: [var holder, ..] } => Path.Combine(holder.Path, entry.Manifest.Archive),
        _ => entry.Manifest.Archive,
    };

    /// <summary>What restores kept of the time before them, newest first, also what is gone or was brought back.</summary>
    public async Task<IReadOnlyList<KeptData>> KeptAsync(CancellationToken cancellationToken) =>
        [.. (await restores.ListAsync(environment: null, cancellationToken)).Select(KeptData.Of).OfType<KeptData>()];

    private ShelvedBackup Shelve(BackupEntry entry, TargetEnvironment? environment) =>
        new(entry, CopyStanding.Of(entry, environment is null ? [] : copies.PlacesOf(environment).Select(place => place.Name)));
}
