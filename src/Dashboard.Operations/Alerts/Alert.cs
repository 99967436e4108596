using MongoDB.Bson.Serialization.Attributes;

namespace Dashboard.Operations.Alerts;

/// <summary>
/// Something a person should know, from its first sight until it is resolved. While it is open, everything of the same key is the same alert
/// and only renews it.
/// </summary>
public sealed record Alert
{
    /// <summary><c>alert-</c>, the milliseconds since 1970 and nine letters or digits, as the original named them.</summary>
    public required string Id { get; init; }

    /// <summary>Environment, rule and what it is about; of all open alerts only one has it.</summary>
    public required string Key { get; init; }

    public required string Environment { get; init; }

    /// <summary>The rule's name in kebab-case.</summary>
    public required string Rule { get; init; }

    public required AlertSeverity Severity { get; init; }

    public required string Title { get; init; }

    /// <summary>What happened, to what, and the next step.</summary>
    public required string Message { get; init; }

    public string? DeploymentId { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>When its condition was last seen.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>How many events it stands for, or how often its condition came back within the cooldown.</summary>
    public int Times { get; init; } = 1;

    /// <summary>For escalation: failures in a row, where the rule counts any.</summary>
    public int ConsecutiveFailures { get; init; }

    /// <summary>True from its first sight to its end, also while it is acknowledged or silenced.</summary>
    public bool IsOpen { get; init; } = true;

    public string? AcknowledgedBy { get; init; }

    public DateTimeOffset? AcknowledgedAt { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>A person, or the rule whose condition ended.</summary>
    public string? ResolvedBy { get; init; }

    public string? Resolution { get; init; }

    /// <summary>A condition that its rule looks at again and again and whose end resolves the alert; otherwise an event, which stays until somebody has seen it.</summary>
    public bool IsLasting { get; init; }

    /// <summary>Told once and never open: the announcement of a rollback. It is no alert and is counted as none.</summary>
    public bool IsAnnouncement { get; init; }

    /// <summary>Resolved by a person while its condition went on; it is raised again only after that has ended, or a day later.</summary>
    public bool IsDismissed { get; init; }

    /// <summary>When the channels were first told of it; null while nobody was.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>It came back within the cooldown: nobody is told before, and then only if it is still open.</summary>
    public DateTimeOffset? QuietUntil { get; init; }

    /// <summary>The conditions by which it was escalated, each once.</summary>
    public IReadOnlyList<string> Escalations { get; init; } = [];

    /// <summary>What is to be told, written in the same step as the change that it tells; emptied when every channel has its delivery.</summary>
    public IReadOnlyList<AlertNotice> Outbox { get; init; } = [];

    /// <summary>Resolved longer ago than <c>alerts.retention.days</c>: what is left says what was raised when, so that a week's count stays true.</summary>
    public bool IsTrimmed { get; init; }

    public int SchemaVersion { get; init; } = 1;

    /// <summary>Unique, so that of two dashboards that see the same at once only one raises it.</summary>
    [BsonElement]
    public string Slot => IsOpen ? Key : Id;
}

/// <summary>In rising order, so that the worst is the greatest.</summary>
public enum AlertSeverity
{
    Info,
    Warning,
    Error,
    Critical,
}
