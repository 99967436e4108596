using Dashboard.Operations.Configuration;
using Dashboard.Operations.Health;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>The database answered slowly, or not at all, twice in a row.</summary>
public sealed class DatabasePerformance(RecentHealth health) : IAlertRule
{
    public string Name => "database-performance";

    public string Title => "Database performance";

    public string Threshold(AlertScope scope)
    {
        var settings = scope.Environment.Settings;
        return $"twice in a row slower than {RuleText.Span(settings.QueryWarning)} (performance.warningThresholds.queryTime){(settings.QueryCritical is { } critical ? $", critical from {RuleText.Span(critical)}" : string.Empty)}, or no answer";
    }

    public async Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken)
    {
        var last = await health.LastTwoAsync(scope, cancellationToken);
        if (last?.FirstOrDefault(checks => checks.Newest.Target == HealthTargets.Ping) is not { Newest: var newest, Before: { } before })
            return null;
        var settings = scope.Environment.Settings;
        var severity = (AlertSeverity)Math.Min((int)SeverityOf(newest, settings), (int)SeverityOf(before, settings));
        if (severity == AlertSeverity.Info)
            return [];
        var isAway = newest.State == HealthState.Down;
        return
        [
            new AlertFinding(
                Subject: string.Empty,
                severity,
                isAway ? "The database does not answer" : "The database answers slowly",
                $"The database of {scope.Environment.Name} {(isAway ? "did not answer the dashboard twice in a row" : $"took {RuleText.Span(TimeSpan.FromMilliseconds(newest.Milliseconds))} to answer a ping, and {RuleText.Span(TimeSpan.FromMilliseconds(before.Milliseconds))} before")}; {RuleText.Span(settings.QueryWarning)} are allowed (performance.warningThresholds.queryTime). Check the connection pool, run profile-queries, and ask the database's provider when both look well.",
                newest.At ?? scope.Now)
            {
                IsLasting = true,
            },
        ];
    }

    /// <summary>Info stands for nothing.</summary>
    private static AlertSeverity SeverityOf(HealthCheck ping, MigrationSettings settings) => ping switch
    {
        { State: HealthState.Down } => AlertSeverity.Critical,
        _ when settings.QueryCritical is { } critical && ping.Milliseconds >= critical.TotalMilliseconds => AlertSeverity.Critical,
        _ when ping.Milliseconds > settings.QueryWarning.TotalMilliseconds => AlertSeverity.Warning,
        _ => AlertSeverity.Info,
    };
}
