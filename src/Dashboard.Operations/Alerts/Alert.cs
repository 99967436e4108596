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

    /// <summary>How often its condition was seen.</summary>
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

    public int SchemaVersion { get; init; } = 1;
}

/// <summary>In rising order, so that the worst is the greatest.</summary>
public enum AlertSeverity
{
    Info,
    Warning,
    Error,
    Critical,
}
