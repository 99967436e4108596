using Dashboard.Operations.Alerts;
using Dashboard.Operations.Environments;

namespace Dashboard.Operations.Incidents;

/// <summary>What an alert says of the incident that is opened from it. Its own words stay inside: they name machines and versions.</summary>
internal static class IncidentProposal
{
    public static Incident Of(Alert alert, TargetEnvironment environment, string actor, DateTimeOffset now)
    {
        var kind = KindOf(alert.Rule);
        return new Incident
        {
            // Of the alert alone, so that whoever opens it too meets this one.
            Id = IncidentId.Of($"incident of {alert.Id}"),
            AlertId = alert.Id,
            Title = TitleOf(kind, environment.Title),
            Severity = SeverityOf(alert.Severity),
            Kind = kind,
            Components = [ComponentOf(alert, environment.Name)],
            BeganAt = alert.RaisedAt,
            DetectedAt = alert.RaisedAt,
            OpenedAt = now,
            OpenedBy = actor,
            AcknowledgedAt = alert.AcknowledgedAt,
            AcknowledgedBy = alert.AcknowledgedBy,
            Notes = [new IncidentNote(alert.Id, $"Opened from the alert '{PlainText.Line(alert.Title)}': {PlainText.Clean(alert.Message)}", now, actor)],
            ChangedAt = now,
        };
    }

    private static IncidentKind KindOf(string rule) => rule switch
    {
        "slow-deployment" or "phase-failed" or "multiple-failures" or "deployment-timeout" or "high-error-rate" => IncidentKind.Deployment,
        "slow-migration" => IncidentKind.Migration,
        "database-performance" or "backup-proof-too-old" or "second-copy-missing" => IncidentKind.Database,
        _ => IncidentKind.Other,
    };

    private static string TitleOf(IncidentKind kind, string environment) => kind switch
    {
        IncidentKind.Deployment => $"Problem with an update of {environment}",
        IncidentKind.Migration => $"Problem with a data update of {environment}",
        IncidentKind.Database => $"Problem with the database of {environment}",
        _ => $"Problem with {environment}",
    };

    private static IncidentSeverity SeverityOf(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Info => IncidentSeverity.None,
        AlertSeverity.Warning => IncidentSeverity.Minor,
        AlertSeverity.Error => IncidentSeverity.Major,
        _ => IncidentSeverity.Critical,
    };

    private static IncidentComponent ComponentOf(Alert alert, string environment) => alert.Rule switch
    {
        "application-down" => new(environment, ComponentPart.Application, ComponentState.MajorOutage),
        "database-performance" => new(environment, ComponentPart.Database, alert.Severity == AlertSeverity.Critical ? ComponentState.PartialOutage : ComponentState.DegradedPerformance),
        "backup-proof-too-old" or "second-copy-missing" => new(environment, ComponentPart.Database, ComponentState.Operational),
        _ => new(environment, ComponentPart.Application, ComponentState.DegradedPerformance),
    };
}
