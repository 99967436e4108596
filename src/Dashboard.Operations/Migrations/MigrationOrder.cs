namespace Dashboard.Operations.Migrations;

/// <summary>What of the pending migrations is wanted.</summary>
/// <param name="Release">The image that they belong to; null outside of a deployment.</param>
/// <param name="UpTo">The last one; null for all.</param>
/// <param name="RetryFailed">Goes on with one that failed, because a person has looked at it.</param>
internal sealed record MigrationOrder(string? Release = null, string? UpTo = null, bool RetryFailed = false)
{
    /// <summary>In numeric order, or why not.</summary>
    /// <param name="isLocked">Whether the lock is held: before that, what is recorded as running may have been left by a process that died.</param>
    public (IReadOnlyList<MigrationEntry> Entries, string? Refusal) ChooseFrom(MigrationStatus status, bool isLocked)
    {
        if (status.Problems.Count > 0)
            return ([], $"{string.Join(' ', status.Problems)} Nothing was migrated.");
        if (UpTo is not null && !status.Entries.Any(entry => MigrationNumber.AreSame(entry.Version, UpTo)))
            return ([], $"There is no migration '{UpTo}'; there are {string.Join(", ", status.Entries.Select(entry => entry.Version).DefaultIfEmpty("none"))}. Nothing was migrated.");
        if (status.Entries.FirstOrDefault(entry => IsUnfinished(entry, isLocked) && !RetryFailed) is { } first)
            return ([], WhyNotPast(first));
        var last = MigrationNumber.Of(UpTo) ?? long.MaxValue;
        var wanted = status.Entries.Where(entry => !entry.IsApplied && MigrationNumber.Of(entry.Version) <= last).ToList();
        return wanted.FirstOrDefault(entry => entry.Filename is null) is { } gone
            ? ([], $"Migration {gone.Version} failed, and its file is gone: bring the file back, or repair by hand and remove its record. Nothing was migrated.")
            : (wanted, null);
    }

    /// <summary>Newest first as they were executed, or why those versions cannot be taken back now.</summary>
    public static (IReadOnlyList<MigrationEntry> Entries, string? Refusal) ChooseBack(MigrationStatus status, IReadOnlyList<string> versions)
    {
        if (status.Problems.Count > 0)
            return ([], $"{string.Join(' ', status.Problems)} Nothing was rolled back.");
        var all = status.NewestFirst;
        var wanted = new List<MigrationEntry>();
        foreach (var version in versions)
        {
            if (all.FirstOrDefault(entry => MigrationNumber.AreSame(entry.Version, version)) is not { } entry)
                return ([], $"Migration {version} is not executed, so there is nothing to roll back. Nothing was changed.");
            wanted.Add(entry);
        }

        if (wanted.FirstOrDefault(entry => !entry.HasDown) is { } final)
            return ([], $"Migration {final.Version} {(final.Filename is null ? "has lost its file" : "has no down")} and cannot be rolled back; restore the backup from before it instead. Nothing was changed.");
        var newest = all.Take(wanted.Count).ToList();
        return newest.FirstOrDefault(entry => !wanted.Contains(entry)) is { } later
            ? ([], $"Migration {later.Version} was executed later and is not to be rolled back; the newest go first. Nothing was changed.")
            : (newest, null);
    }

    private static bool IsUnfinished(MigrationEntry entry, bool isLocked) =>
        entry.State == MigrationState.Failed || (isLocked && entry.State == MigrationState.Running);

    private static string WhyNotPast(MigrationEntry entry) => entry.State == MigrationState.Running
        ? $"Migration {entry.Version} is recorded as running. {entry.Note} If that run is over, run the migrations with retryFailed: what is left of it is then found out first. Nothing was changed."
        : $"Migration {entry.Version} failed earlier. {entry.Note} Repair what it left, then run the migrations with retryFailed, or roll it back. Nothing was changed.";
}
