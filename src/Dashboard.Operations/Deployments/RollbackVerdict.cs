using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Deployments;

/// <summary>What going back to an earlier version needs, decided from what was migrated since, and why.</summary>
/// <param name="Sentence">The first line of the plan.</param>
/// <param name="TakesBack">The versions whose <c>down</c> is run, newest first.</param>
/// <param name="Backup">The archive that has to be restored; null when none has to be, or there is none.</param>
public sealed record RollbackVerdict(RollbackWay Way, string Sentence, IReadOnlyList<string> TakesBack, string? Backup)
{
    /// <param name="since">What was executed since that version was live and is still applied, or failed half-way; the newest first.</param>
    /// <param name="backup">The good backup of before what must go; null when there is none.</param>
    /// <param name="whyNone">Why there is none, for the middle of a sentence.</param>
    public static RollbackVerdict Of(IReadOnlyList<MigrationEntry> since, RollbackBackup? backup, string? whyNone = null)
    {
        if (since.Count == 0)
            return new RollbackVerdict(RollbackWay.AppOnly, "App only is safe: no migration ran since.", [], Backup: null);
        if (since.All(entry => entry.AddsOnly))
            return new RollbackVerdict(RollbackWay.AppOnly, $"App only is safe: {Versions(since)} only added something, which the earlier version does not mind.", [], Backup: null);

        var taken = MustGo(since);
        var reasons = taken.Where(entry => entry.DestroysData || !entry.HasDown).Select(entry => entry.DestroysData ? $"{entry.Version} destroyed data" : $"{entry.Version} has no down").ToList();
        if (reasons.Count == 0)
            return new RollbackVerdict(RollbackWay.AppAndDown, $"Needs down × {taken.Count}: {Versions(taken)}. Each has a down and none destroyed data.", [.. taken.Select(entry => entry.Version)], Backup: null);
        return backup is null
            ? new RollbackVerdict(RollbackWay.Undecided, $"A person must decide: {string.Join(", ", reasons)}, and {whyNone ?? "there is no good backup of the time before"}. Choose app, migration or database.", [], Backup: null)
            : new RollbackVerdict(RollbackWay.Backup, $"Needs the backup of {backup.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {string.Join(", ", reasons)}. What was written since is then in the safety backup alone.", [], backup.Archive);
    }

    /// <summary>One that only adds stands above one that does not: it has to go first.</summary>
    /// <param name="since">The newest first.</param>
    internal static IReadOnlyList<MigrationEntry> MustGo(IReadOnlyList<MigrationEntry> since) => [.. since.Take(since.ToList().FindLastIndex(entry => !entry.AddsOnly) + 1)];

    /// <summary>A release that was made past this dashboard, and another one right after it: nobody has kept whose release command ran when.</summary>
    /// <param name="unclear">What may belong to the target or have come after it.</param>
    internal static RollbackVerdict NotTold(IReadOnlyList<MigrationEntry> unclear, Release target, Release? next) => new(
        RollbackWay.Undecided,
        $"A person must decide: it cannot be told whether {Counted.Say([.. unclear.Select(entry => entry.Version)], "belongs", "belong")} to {target.Told} or came after it, because {next?.Told ?? "the next release"} began while the release command of {target.Told} may still have run. Choose app, migration or database.",
        [],
        Backup: null);

    private static string Versions(IEnumerable<MigrationEntry> entries) => string.Join(", ", entries.Select(entry => entry.Version));
}

/// <summary>A backup of before the migrations that must go.</summary>
/// <param name="At">The moment whose data it shows.</param>
public sealed record RollbackBackup(string Archive, DateTimeOffset At);

public enum RollbackWay
{
    AppOnly,
    AppAndDown,

    /// <summary>The database comes back from the backup, and the version with it.</summary>
    Backup,

    /// <summary>The facts do not say; somebody has to choose a way.</summary>
    Undecided,
}
