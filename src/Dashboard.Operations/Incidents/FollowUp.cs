namespace Dashboard.Operations.Incidents;

/// <summary>What the team will do so that an incident does not come back.</summary>
public sealed record FollowUp
{
    public required string Id { get; init; }

    public required string Text { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string By { get; init; }

    /// <summary>Null while it is open.</summary>
    public DateTimeOffset? DoneAt { get; init; }

    public string? DoneBy { get; init; }

    /// <summary>Of its GitHub issue; null while nobody has made one.</summary>
    public string? IssueUrl { get; init; }

    public int? IssueNumber { get; init; }

    /// <summary>Since when its issue is being made; null when nobody is at it.</summary>
    public DateTimeOffset? FilingAt { get; init; }

    public string? FilingBy { get; init; }
}
