namespace Dashboard.Operations.Incidents;

/// <summary>One thing that happened around an incident.</summary>
/// <param name="Link">Relative address of the page about it.</param>
public sealed record TimelineEntry(DateTimeOffset At, TimelineKind Kind, string? Environment, string Text, string? Link = null);

/// <summary>Where an entry of a timeline comes from.</summary>
public enum TimelineKind
{
    Incident,
    Update,
    Note,
    Alert,
    Health,
    Release,
    Run,
    Maintenance,
}
