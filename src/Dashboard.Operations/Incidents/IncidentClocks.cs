namespace Dashboard.Operations.Incidents;

/// <summary>The runbook's times of an incident: what is due when, and what was done in time.</summary>
public static class IncidentClocks
{
    private static readonly TimeSpan Decision = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RootCause = TimeSpan.FromHours(24);
    private static readonly TimeSpan Runbook = TimeSpan.FromHours(48);

    /// <summary>The runbook's "Time to Resolution Target"; what it has no word for gets the longest.</summary>
    public static TimeSpan ResolutionOf(IncidentKind kind) => kind switch
    {
        IncidentKind.Deployment => TimeSpan.FromMinutes(15),
        IncidentKind.Migration => TimeSpan.FromMinutes(20),
        _ => TimeSpan.FromMinutes(30),
    };

    /// <summary>In the order in which they are due.</summary>
    public static IReadOnlyList<IncidentClock> Of(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);

        // What is resolved needs no decision any more; whether it came in time is told by when it was.
        return
        [
            new("Escalation decision", incident.OpenedAt, Decision, Earlier(incident.DecidedAt, incident.ResolvedAt)),
            new("Resolution", incident.OpenedAt, ResolutionOf(incident.Kind), incident.ResolvedAt),
            new("Root cause", incident.ResolvedAt, RootCause, incident.RootCauseAt),
            new("Runbook up to date", incident.ResolvedAt, Runbook, incident.RunbookAt),
        ];
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;
}

/// <param name="From">Null while it has not begun: what follows an incident is due from its end.</param>
/// <param name="DoneAt">Null while it is not done.</param>
public sealed record IncidentClock(string Title, DateTimeOffset? From, TimeSpan Allowed, DateTimeOffset? DoneAt)
{
    public DateTimeOffset? Due => From + Allowed;

    public ClockState StateAt(DateTimeOffset now) => (DoneAt, Due) switch
    {
        ({ } done, null) => ClockState.Met,
        ({ } done, { } due) => done <= due ? ClockState.Met : ClockState.Missed,
        (null, null) => ClockState.NotBegun,
        (null, { } due) => now <= due ? ClockState.Running : ClockState.Overdue,
    };
}

public enum ClockState
{
    NotBegun,
    Running,
    Overdue,
    Met,

    /// <summary>Done, and too late.</summary>
    Missed,
}
