namespace Dashboard.Operations.Alerts;

/// <summary>One thing to be told about an alert, with all that a channel needs to say it.</summary>
public sealed record AlertNotice
{
    /// <summary>The alert's id and what is told; the same for every try, so that a receiver can tell a repetition.</summary>
    public required string Id { get; init; }

    public required NoticeKind Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The one name under which a receiver keeps the alert from its beginning to its end.</summary>
    public required string AlertId { get; init; }

    public required string Environment { get; init; }

    public required string Rule { get; init; }

    public required AlertSeverity Severity { get; init; }

    public required string Title { get; init; }

    public required string Message { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    public string? DeploymentId { get; init; }

    /// <summary>Who acknowledged or resolved it.</summary>
    public string? Actor { get; init; }

    /// <summary>What was said when it was resolved, or the condition by which it was escalated.</summary>
    public string? Note { get; init; }

    /// <summary>Kinds of channels, for an escalation; null: those that the environment is told by.</summary>
    public IReadOnlyList<string>? Channels { get; init; }

    public static AlertNotice Of(Alert alert, NoticeKind kind, DateTimeOffset at) => new()
    {
        Id = $"{alert.Id}-{kind.ToString().ToLowerInvariant()}-{at.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture)}",
        Kind = kind,
        At = at,
        AlertId = alert.Id,
        Environment = alert.Environment,
        Rule = alert.Rule,
        Severity = alert.Severity,
        Title = alert.Title,
        Message = alert.Message,
        RaisedAt = alert.RaisedAt,
        DeploymentId = alert.DeploymentId,
    };
}

/// <summary>What became of an alert; its order is that of an alert's life.</summary>
public enum NoticeKind
{
    Raised,

    /// <summary>It became more severe than what was told.</summary>
    Worsened,
    Escalated,
    Acknowledged,
    Resolved,

    /// <summary>No alert: something that has to be made known.</summary>
    Announced,

    /// <summary>Somebody pressed "Send test".</summary>
    Test,
}
