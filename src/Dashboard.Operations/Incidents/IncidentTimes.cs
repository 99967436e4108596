namespace Dashboard.Operations.Incidents;

/// <summary>What was measured of an incident; null is what has not come yet.</summary>
/// <param name="Detect">From the beginning of the trouble until somebody or something saw it.</param>
/// <param name="Respond">From then until a person was on it.</param>
/// <param name="Restore">From the beginning of the trouble until it was over.</param>
public sealed record IncidentTimes(TimeSpan Detect, TimeSpan? Respond, TimeSpan? Restore)
{
    public static IncidentTimes Of(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return new(
            NotNegative(incident.DetectedAt - incident.BeganAt),
            incident.AcknowledgedAt is { } acknowledged ? NotNegative(acknowledged - incident.DetectedAt) : null,
            incident.ResolvedAt is { } resolved ? NotNegative(resolved - incident.BeganAt) : null);
    }

    private static TimeSpan NotNegative(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;
}
