namespace Dashboard.Operations.Backups;

/// <summary>The ladder of proof: how much is known about a backup.</summary>
public enum BackupRung
{
    /// <summary>Written, synced and read back.</summary>
    Taken,

    /// <summary>The whole archive was read and every length, checksum and count in it is right.</summary>
    ArchiveProven,

    /// <summary>It was restored into a scratch database.</summary>
    Restored,

    /// <summary>What was restored is what was dumped: counts, indexes, options, content.</summary>
    Compared,
}

/// <summary>One rung of one archive, reached or failed: an entry of the ledger, never changed afterwards.</summary>
public sealed record BackupProof
{
    /// <summary>The same for every try to store the same entry.</summary>
    public required string Id { get; init; }

    public required string Archive { get; init; }

    /// <summary>Of the archive that was proven: a proof does not hold for another file of the same name.</summary>
    public required string Sha256 { get; init; }

    public required string Environment { get; init; }

    public required BackupRung Rung { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string RunId { get; init; }

    /// <summary>How long this rung took alone.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What was counted, read and compared.</summary>
    public required string Evidence { get; init; }

    /// <summary>What is wrong with the backup; null for a rung that was reached. A database or disk that was away, full or not permitted is not the backup's fault and makes no entry.</summary>
    public string? Problem { get; init; }

    public int SchemaVersion { get; init; } = 1;

    public bool Succeeded => Problem is null;
}
