namespace Dashboard.Operations.Deployments;

/// <summary>
/// One change, or attempt at a change, of the version that an environment runs. It is kept in the dashboard's database for good, so that it
/// is still known when the platform has forgotten it.
/// </summary>
public sealed record Release
{
    /// <summary>The id of the run that made it, with "-back" where a failed deployment went back by itself; of one that was found on the platform, the environment and the platform's number.</summary>
    public required string Id { get; init; }

    /// <summary>Null of one that was found.</summary>
    public string? RunId { get; init; }

    public required string Environment { get; init; }

    public required ReleaseKind Kind { get; init; }

    public required ReleaseState State { get; init; }

    public required string Image { get; init; }

    /// <summary>What the application should say of itself; null when nobody can know it from the image's name.</summary>
    public string? Version { get; init; }

    /// <summary>The platform's own count; null until it made one.</summary>
    public int? Number { get; init; }

    /// <summary>What ran before it.</summary>
    public string? ImageBefore { get; init; }

    /// <summary>Of a rollback: the release that it goes back to.</summary>
    public string? GoesBackTo { get; init; }

    public required string Actor { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset BegunAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The backup that was made right before it.</summary>
    public string? SafetyBackup { get; init; }

    /// <summary>The versions that were migrated with it, in that order.</summary>
    public IReadOnlyList<string> Migrated { get; init; } = [];

    /// <summary>The versions that were taken back with it, in that order.</summary>
    public IReadOnlyList<string> TakenBack { get; init; } = [];

    public IReadOnlyList<ReleaseEvent> Events { get; init; } = [];

    /// <summary>How it ended; null until it did.</summary>
    public string? Message { get; init; }

    public int SchemaVersion { get; init; } = 1;

    /// <summary>For sentences: the version where it is known.</summary>
    public string Told => Version ?? Image;
}

public enum ReleaseKind
{
    Deployment,
    Rollback,

    /// <summary>Made past this dashboard; its author is the platform's.</summary>
    Found,
}

public enum ReleaseState
{
    Unfinished,
    Complete,
    Failed,

    /// <summary>Its process ended or it was cancelled; a person has to look.</summary>
    Interrupted,
}

/// <summary>One phase of a release as it began or ended.</summary>
/// <param name="Took">Null at a beginning.</param>
public sealed record ReleaseEvent(ReleasePhase Phase, PhaseState State, DateTimeOffset At, TimeSpan? Took = null, string? Note = null);

/// <summary>The phases by which deployments are counted; the order is the order of a deployment.</summary>
public enum ReleasePhase
{
    Validation,
    Backup,
    Migration,
    Deployment,
    Verification,
    Rollback,
}

public enum PhaseState
{
    Started,
    Success,
    Warning,
    Failed,
}
