namespace Dashboard.Operations.Migrations;

/// <summary>Every migration that has a file or a record, in numeric order, and what is wrong with the files.</summary>
/// <param name="Problems">Each a sentence with the file's name; while there are any, nothing is migrated.</param>
public sealed record MigrationStatus(IReadOnlyList<MigrationEntry> Entries, IReadOnlyList<string> Problems)
{
    public IReadOnlyList<MigrationEntry> Pending => [.. Entries.Where(entry => entry.State is MigrationState.Pending or MigrationState.RolledBack)];

    public IReadOnlyList<MigrationEntry> Applied => [.. Entries.Where(entry => entry.IsApplied)];

    /// <summary>
    /// What has changed the database, the last executed first, and what failed half-way with it: rolling back begins there. One that the team's own
    /// runner recorded has no sequence and stands where its time puts it.
    /// </summary>
    public IReadOnlyList<MigrationEntry> NewestFirst
    {
        get
        {
            var order = Entries.Where(entry => entry.Sequence is not null && entry.State is not (MigrationState.Pending or MigrationState.RolledBack)).OrderBy(entry => entry.Sequence).ToList();
            var others = Entries.Where(entry => entry.Sequence is null && entry.State is not (MigrationState.Pending or MigrationState.RolledBack));
            foreach (var entry in others.OrderBy(entry => entry.ExecutedAt ?? DateTimeOffset.MaxValue).ThenBy(entry => MigrationNumber.Of(entry.Version)))
            {
                var at = order.FindIndex(later => later.Sequence is not null && later.ExecutedAt > (entry.ExecutedAt ?? DateTimeOffset.MaxValue));
                order.Insert(at < 0 ? order.Count : at, entry);
            }

            order.Reverse();
            return order;
        }
    }
}

/// <summary>One migration as its file and its record tell it together.</summary>
/// <param name="Version">The digits of the file name, as written.</param>
/// <param name="Sequence">Rises by one with each one that was executed; its order is the order of execution. Null when none was kept.</param>
/// <param name="HasDown">Whether it can be taken back.</param>
/// <param name="DestroysData">Its <c>up</c> throws away what its <c>down</c> cannot bring back.</param>
/// <param name="AddsOnly">Its <c>up</c> only adds, so that the version of the application before it goes on working.</param>
/// <param name="Release">The image with which it was executed; null when none was kept.</param>
/// <param name="Note">What a person should know: the failure, the drift.</param>
public sealed record MigrationEntry(
    string Version,
    string Description,
    string? Filename,
    MigrationState State,
    long? Sequence,
    DateTimeOffset? ExecutedAt,
    TimeSpan? Took,
    bool HasDown,
    bool DestroysData,
    bool AddsOnly,
    string? Release,
    string? Actor,
    string? RunId,
    string? Note)
{
    /// <summary>It has changed the database, whatever became of its file.</summary>
    public bool IsApplied => State is MigrationState.Executed or MigrationState.Drifted or MigrationState.Orphaned;
}

public enum MigrationState
{
    Pending,

    /// <summary>Under way, or its process ended in the middle of it: then it is failed as soon as somebody may say so.</summary>
    Running,

    Executed,
    Failed,

    /// <summary>Taken back; it is pending again.</summary>
    RolledBack,

    /// <summary>Executed, and its file is another one now.</summary>
    Drifted,

    /// <summary>Executed, and its file is gone.</summary>
    Orphaned,
}
