namespace Dashboard.Operations.Backups;

/// <summary>One backup with everything that is known about it.</summary>
public sealed record BackupEntry
{
    public required BackupManifest Manifest { get; init; }

    /// <summary>The file is in this machine's folder; everything else has to be fetched first.</summary>
    public bool IsHere { get; init; } = true;

    /// <summary>The other machines that have the same file on their disk.</summary>
    public IReadOnlyList<BackupHolder> Elsewhere { get; init; } = [];

    /// <summary>Size of the file as it lies there.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Since the moment whose data it shows.</summary>
    public required TimeSpan Age { get; init; }

    public required BackupStanding Standing { get; init; }

    /// <summary>Why it must not be relied on, as a sentence; null while it may be.</summary>
    public string? Problem { get; init; }

    /// <summary>The highest rung reached by this very file since it last failed one; null when the ledger does not know it.</summary>
    public BackupRung? Rung { get; init; }

    /// <summary>Oldest first; those of another file of the same name as well.</summary>
    public IReadOnlyList<BackupProof> Proofs { get; init; } = [];

    public IReadOnlyList<BackupCopy> Copies { get; init; } = [];

    /// <summary>The newest backup of its environment that was restored and compared, which nothing may delete.</summary>
    public bool IsLastProven { get; init; }

    /// <summary>Not only in a place for copies.</summary>
    public bool IsOnDisk => IsHere || Elsewhere.Count > 0;

    /// <summary>The copies of this very file that are there, as far as anybody knows.</summary>
    public IReadOnlyList<BackupCopy> CopiesThere => [.. Copies.Where(copy => copy.IsThere && copy.Sha256 == Manifest.Sha256).OrderBy(copy => copy.Place, StringComparer.Ordinal)];

    /// <summary>It lies here, or the ledger knows it: what was merely met in a place for copies may be anybody's, and is restored by its name alone.</summary>
    public bool IsOurs => IsHere || Rung is not null;

    /// <summary>Where the file lies, for a table: "here", "on a and b", "only in bucket".</summary>
    public string Where => this switch
    {
        { IsHere: true, Elsewhere.Count: 0 } => "here",
        { IsHere: true } => $"here and on {Machines}",
        { Elsewhere.Count: > 0 } => $"on {Machines}",
        _ => $"only in {string.Join(", ", CopiesThere.Select(copy => copy.Place))}",
    };

    private string Machines => string.Join(" and ", Elsewhere.Select(holder => holder.Machine));

    /// <summary>How long its newest restore took; null when it was never restored.</summary>
    public TimeSpan? RestoreTime => Proofs.LastOrDefault(proof => proof is { Rung: BackupRung.Restored, Succeeded: true } && proof.Sha256 == Manifest.Sha256)?.Duration;

    /// <summary>When the whole file was last read and found right.</summary>
    public DateTimeOffset? ReadAt => Proofs.LastOrDefault(proof => proof.Succeeded && proof.Sha256 == Manifest.Sha256)?.At;

    public bool IsGood => Standing == BackupStanding.Good;

    /// <summary>Restored and compared, and nothing found against it since.</summary>
    public bool IsProven => IsGood && Rung == BackupRung.Compared;
}

/// <summary>Whether a backup may be relied on, as far as is known.</summary>
public enum BackupStanding
{
    /// <summary>Nothing speaks against it; the rung says what speaks for it.</summary>
    Good,

    /// <summary>A rung failed: the archive is damaged, or does not restore to what was dumped.</summary>
    Damaged,

    /// <summary>Archive and manifest are not those that were taken: somebody changed them.</summary>
    Tampered,
}
