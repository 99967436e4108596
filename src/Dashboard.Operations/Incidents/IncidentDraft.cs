namespace Dashboard.Operations.Incidents;

/// <summary>What somebody fills in to open an incident by hand.</summary>
/// <param name="Id">Made once by <see cref="IncidentId.New"/> for a form: pressed twice it opens one incident.</param>
/// <param name="Title">Public.</param>
/// <param name="Update">The first public update; without one nobody but the team sees the incident.</param>
/// <param name="BeganAt">When the trouble began; null is now.</param>
public sealed record IncidentDraft(
    string Id,
    string? Title,
    IncidentSeverity Severity,
    IncidentKind Kind,
    IReadOnlyList<IncidentComponent> Components,
    string? Update = null,
    DateTimeOffset? BeganAt = null);

/// <summary>What came of a change: the incident as it is then, or a sentence why nothing was changed.</summary>
public sealed record IncidentAnswer(Incident? Incident, string? Problem)
{
    public static IncidentAnswer Of(Incident incident) => new(incident, Problem: null);

    public static IncidentAnswer Refused(string problem) => new(Incident: null, problem);
}
