namespace Dashboard.Operations.Backups;

/// <summary>Why a backup was made; it decides the name's first word, how long it is kept, and whether <c>-latest</c> leads to it.</summary>
public enum BackupKind
{
    /// <summary>Asked for by a person: <c>backup-…</c>.</summary>
    Manual,

    /// <summary>Made by the schedule: <c>backup-…</c> as well.</summary>
    Scheduled,

    /// <summary>Made by another operation before it changes the data: <c>safety-…</c>; <c>-latest</c> never leads to it.</summary>
    Safety,

    /// <summary>Made to try the way: <c>test-…</c>, a name that no clean-up of the others can meet; kept for a day.</summary>
    Test,
}
