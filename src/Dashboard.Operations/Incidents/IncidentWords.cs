namespace Dashboard.Operations.Incidents;

/// <summary>In rising order, so that the worst is the greatest.</summary>
public enum IncidentSeverity
{
    None,
    Minor,
    Major,
    Critical,
}

/// <summary>What the runbook tells apart; each has its own time to resolution.</summary>
public enum IncidentKind
{
    Other,
    Deployment,
    Migration,
    Database,
}

/// <summary>How a component stands, in Statuspage's words and in rising order of concern.</summary>
public enum ComponentState
{
    Operational,
    UnderMaintenance,
    DegradedPerformance,
    PartialOutage,
    MajorOutage,
}

/// <summary>The parts of an environment that the world is told about.</summary>
public enum ComponentPart
{
    Application,
    Database,
}

/// <summary>How far an incident has come, in Statuspage's words.</summary>
public enum UpdateStatus
{
    Investigating,
    Identified,
    Monitoring,
    Resolved,
}

/// <summary>The runbook's decision after five minutes.</summary>
public enum EscalationDecision
{
    /// <summary>High impact: go back at once.</summary>
    RollBack,

    /// <summary>Low impact: find the cause first.</summary>
    Investigate,
}

/// <summary>Statuspage's spelling of our words.</summary>
public static class StatusWords
{
    public static string Of(ComponentState state) => state switch
    {
        ComponentState.Operational => "operational",
        ComponentState.UnderMaintenance => "under_maintenance",
        ComponentState.DegradedPerformance => "degraded_performance",
        ComponentState.PartialOutage => "partial_outage",
        _ => "major_outage",
    };

    public static string Of(IncidentSeverity severity) => severity switch
    {
        IncidentSeverity.None => "none",
        IncidentSeverity.Minor => "minor",
        IncidentSeverity.Major => "major",
        _ => "critical",
    };

    public static string Of(UpdateStatus status) => status switch
    {
        UpdateStatus.Investigating => "investigating",
        UpdateStatus.Identified => "identified",
        UpdateStatus.Monitoring => "monitoring",
        _ => "resolved",
    };

    /// <summary>For people.</summary>
    public static string TitleOf(ComponentState state) => state switch
    {
        ComponentState.Operational => "Operational",
        ComponentState.UnderMaintenance => "Under maintenance",
        ComponentState.DegradedPerformance => "Degraded performance",
        ComponentState.PartialOutage => "Partial outage",
        _ => "Major outage",
    };
}
