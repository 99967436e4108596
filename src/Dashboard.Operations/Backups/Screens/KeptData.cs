using Dashboard.Operations.Backups.Restoring;

namespace Dashboard.Operations.Backups;

/// <summary>The database as it was before a restore, kept beside the live one so that the restore can be undone.</summary>
/// <param name="RunId">The restore, or the undo, that put it aside.</param>
/// <param name="Archive">What was restored; null when an undo put it aside.</param>
/// <param name="Until">Afterwards it may be deleted.</param>
/// <param name="UndoneBy">The run that brought it back.</param>
/// <param name="IsThere">It was neither brought back nor deleted.</param>
public sealed record KeptData(
    string RunId, string Environment, string Database, string? Archive, DateTimeOffset SwappedAt, DateTimeOffset Until, string? UndoneBy, bool IsThere)
{
    /// <summary>Null for a restore that changed nothing, or has not come to its end.</summary>
    internal static KeptData? Of(RestoreRecord record) => record is { SwappedAt: { } swappedAt, ExpiresAt: { } until, IsUnfinished: false }
        ? new KeptData(record.Id, record.Environment, record.Database, record.Archive, swappedAt, until, record.UndoneBy, record.CanBeUndone)
        : null;

    public bool CanBeUndone(DateTimeOffset now) => IsThere && UndoneBy is null && Until > now;
}
