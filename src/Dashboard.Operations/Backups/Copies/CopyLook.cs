namespace Dashboard.Operations.Backups;

/// <summary>When a place for copies was last asked what is in it, and what came of that.</summary>
public sealed record CopyLook
{
    /// <summary>The place's name.</summary>
    public required string Id { get; init; }

    /// <summary>Nobody asks again before.</summary>
    public required DateTimeOffset NextAt { get; init; }

    /// <summary>When it last said what is in it; null when it never did.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>Why it could not be read the last time; null when it could.</summary>
    public string? Problem { get; init; }

    public int SchemaVersion { get; init; } = 1;
}
