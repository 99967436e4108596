using System.Globalization;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Migrations;

namespace Dashboard.Operations.Deployments;

/// <summary>
/// Finds the backup that a rollback restores: the newest good one of before the migrations that must go, whoever made it, so that as little as can be
/// of what was written is lost.
/// </summary>
public sealed class RollbackBackups(BackupHistory backups, RestoreJournal restores)
{
    /// <returns>The backup, or why there is none, for the middle of a sentence.</returns>
    internal async Task<(RollbackBackup? Backup, string? Why)> FindAsync(
        TargetEnvironment environment, IReadOnlyList<MigrationEntry> since, MigrationStatus status, CancellationToken cancellationToken)
    {
        var gone = RollbackVerdict.MustGo(since);
        if (gone.Count == 0)
            return (null, null);
        var database = environment.Database.DatabaseNamespace.DatabaseName;
        var entries = (await backups.ListAsync(environment.Name, cancellationToken)).Where(entry => entry.Manifest.Database == database).ToList();
        var swaps = (await restores.ListHereAsync(environment, cancellationToken)).Where(record => record.Database == database).Select(record => record.SwappedAt).ToList();
        return Choose(gone, [.. status.Applied.Except(since)], entries, swaps);
    }

    /// <param name="gone">The migrations that must go.</param>
    /// <param name="needed">Those that the earlier version knows.</param>
    /// <param name="entries">The backups of the database.</param>
    /// <param name="swaps">When it was exchanged by a restore, or by the undoing of one.</param>
    internal static (RollbackBackup? Backup, string? Why) Choose(
        IReadOnlyList<MigrationEntry> gone, IReadOnlyList<MigrationEntry> needed, IReadOnlyList<BackupEntry> entries, IReadOnlyList<DateTimeOffset?> swaps)
    {
        if (gone.FirstOrDefault(entry => entry.ExecutedAt is null) is { } timeless)
            return (null, $"nobody has kept when {timeless.Version} ran");
        var first = gone.OrderBy(BeginOf).First();
        var begin = BeginOf(first);

        // That of the same run was made before it, whatever the clocks of the two databases say.
        var newest = entries.Where(entry => entry is { IsGood: true, IsOurs: true } && entry.Manifest.Kind != BackupKind.Test && (entry.Manifest.FinishedAt <= begin || (RollbackSince.IsOfRun(first) && entry.Manifest.RunId == first.RunId))).MaxBy(MomentOf);
        if (newest is null)
            return (null, string.Create(CultureInfo.InvariantCulture, $"there is no good backup of the time before {begin?.UtcDateTime:yyyy-MM-dd HH:mm} UTC, when {first.Version} began"));
        var moment = MomentOf(newest);
        if (swaps.Any(swap => swap > moment && swap <= begin))
            return (null, $"{newest.Manifest.Archive}, the newest good backup of the time before {first.Version}, shows a database that a restore has replaced since");
        var missing = needed.Where(entry => entry.ExecutedAt > moment && entry.ExecutedAt <= begin).Select(entry => entry.Version).ToList();
        return missing.Count == 0
            ? (new RollbackBackup(newest.Manifest.Archive, moment), null)
            : (null, $"{newest.Manifest.Archive}, the newest good backup of the time before {first.Version}, was made before {string.Join(", ", missing)}, which the earlier version needs");
    }

    /// <summary>The moment whose data it shows; where its collections show several, the first.</summary>
    private static DateTimeOffset MomentOf(BackupEntry entry) => entry.Manifest.SnapshotAt ?? entry.Manifest.StartedAt;

    /// <summary>Its record is written at its end.</summary>
    private static DateTimeOffset? BeginOf(MigrationEntry entry) => entry.ExecutedAt - (entry.Took ?? TimeSpan.Zero);
}
