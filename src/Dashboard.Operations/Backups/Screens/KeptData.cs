namespace Dashboard.Operations.Backups;

/// <summary>The database as it was before a restore, kept beside the live one so that the restore can be undone.</summary>
/// <param name="RunId">The restore, or the undo, that put it aside.</param>
/// <param name="Archive">What was restored; null when an undo put it aside.</param>
/// <param name="Until">Afterwards it may be deleted.</param>
/// <param name="UndoneBy">The run that brought it back.</param>
public sealed record KeptData(
    string RunId, string Environment, string Database, string? Archive, DateTimeOffset SwappedAt, DateTimeOffset Until, string? UndoneBy, bool IsThere)
{
    public bool CanBeUndone(DateTimeOffset now) => IsThere && UndoneBy is null && Until > now;
}
