using MongoDB.Bson.Serialization.Attributes;

namespace Dashboard.Operations.Incidents;

/// <summary>
/// A time in which something is wrong and people work on it. What the world may read of it is its title, its components and its updates;
/// everything else is the team's. It is on the status page from its first update on.
/// </summary>
public sealed record Incident
{
    /// <summary>Twelve letters and digits that say nothing about where it came from: the world sees them.</summary>
    public required string Id { get; init; }

    /// <summary>For the world, as all of it on the status page.</summary>
    public required string Title { get; init; }

    public required IncidentSeverity Severity { get; init; }

    public required IncidentKind Kind { get; init; }

    /// <summary>What it touches, and how each stands now.</summary>
    public IReadOnlyList<IncidentComponent> Components { get; init; } = [];

    /// <summary>When the trouble began, as far as is known; detection is measured from here.</summary>
    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>When somebody or something first saw it: the alert, else who opened it.</summary>
    public required DateTimeOffset DetectedAt { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required string OpenedBy { get; init; }

    /// <summary>The alert that it was opened from.</summary>
    public string? AlertId { get; init; }

    public DateTimeOffset? AcknowledgedAt { get; init; }

    public string? AcknowledgedBy { get; init; }

    /// <summary>When it was decided how to go on; null until then.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    public EscalationDecision? Decision { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public string? ResolvedBy { get; init; }

    /// <summary>When the root cause was written down.</summary>
    public DateTimeOffset? RootCauseAt { get; init; }

    public string? RootCause { get; init; }

    /// <summary>When somebody said that the runbook is up to date with it.</summary>
    public DateTimeOffset? RunbookAt { get; init; }

    /// <summary>Public, oldest first.</summary>
    public IReadOnlyList<IncidentUpdate> Updates { get; init; } = [];

    /// <summary>The team's own, oldest first.</summary>
    public IReadOnlyList<IncidentNote> Notes { get; init; } = [];

    public IReadOnlyList<IncidentRole> Roles { get; init; } = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<FollowUp> FollowUps { get; init; } = [];

    /// <summary>What had happened around it, kept when it was resolved, because what it was gathered from expires; null before.</summary>
    public IReadOnlyList<TimelineEntry>? Kept { get; init; }

    /// <summary>When anything of it last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Rises with each change: a change of what somebody else has changed meanwhile is refused and tried again.</summary>
    public int Version { get; init; }

    public int SchemaVersion { get; init; } = 1;

    /// <summary>Stored, so that what is open is found by it.</summary>
    [BsonElement]
    public bool IsOpen => ResolvedAt is null;

    /// <summary>Stored, so that what the world may see is found by it.</summary>
    [BsonElement]
    public bool IsPublic => Updates.Count > 0;

    /// <summary>That of the last update; investigating before the first.</summary>
    public UpdateStatus Status => Updates is [.., var last] ? last.Status : UpdateStatus.Investigating;

    /// <summary>The roles that can be given: those of the settings, then those that were given and are configured no more.</summary>
    public IReadOnlyList<string> RolesOf(IReadOnlyList<string> configured) => [.. configured.Union(Roles.Select(role => role.Task), StringComparer.Ordinal)];

    /// <summary>The environments it touches, each once.</summary>
    public IReadOnlyList<string> Environments => [.. Components.Select(component => component.Environment).Distinct(StringComparer.Ordinal)];
}

/// <summary>One part of one environment, and how it stands by the incident.</summary>
public sealed record IncidentComponent(string Environment, ComponentPart Part, ComponentState State);

/// <summary>What the world is told.</summary>
/// <param name="By">For the team alone.</param>
public sealed record IncidentUpdate(string Id, UpdateStatus Status, string Body, DateTimeOffset At, string By);

/// <summary>What the team keeps to itself.</summary>
public sealed record IncidentNote(string Id, string Text, DateTimeOffset At, string By);

/// <summary>Who does what while it lasts.</summary>
/// <param name="Task">A role by its name in the settings, as it was called then.</param>
public sealed record IncidentRole(string Task, string Person);
