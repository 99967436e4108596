namespace Dashboard.Operations.Backups;

/// <summary>What is known about one archive in one of the places for copies.</summary>
public sealed record BackupCopy
{
    public static string IdOf(string place, string archive) => $"{place}/{archive}";

    public required string Id { get; init; }

    public required string Archive { get; init; }

    public required string Place { get; init; }

    public required string Environment { get; init; }

    /// <summary>Of the archive that was, or is to be, copied.</summary>
    public required string Sha256 { get; init; }

    public required CopyState State { get; init; }

    /// <summary>When a copy was first wanted.</summary>
    public required DateTimeOffset WantedAt { get; init; }

    /// <summary>When it was last read back and was what it should be.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>Tries in a row that failed.</summary>
    public int Failures { get; init; }

    /// <summary>Not tried again before; by this process's clock.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>Why the last try failed, or what is wrong with the copy.</summary>
    public string? Problem { get; init; }

    /// <summary>How long the last complete reading took.</summary>
    public TimeSpan? ReadTook { get; init; }

    /// <summary>As it lies in the place, its keyed checksum included: with it the backup is known where its file is not. Null for a record that no look has completed yet.</summary>
    public byte[]? Manifest { get; init; }

    public int SchemaVersion { get; init; } = 1;

    public bool IsGood => State == CopyState.Good;

    /// <summary>As far as anybody knows it can be fetched.</summary>
    public bool IsThere => State is CopyState.Good or CopyState.Found;
}

public enum CopyState
{
    /// <summary>Wanted, not there yet, or the last try failed.</summary>
    Missing,

    /// <summary>There, and read back.</summary>
    Good,

    /// <summary>There, and not what was copied.</summary>
    Damaged,

    /// <summary>Met in the place, where nobody of this installation is known to have put it; not read yet.</summary>
    Found,
}
