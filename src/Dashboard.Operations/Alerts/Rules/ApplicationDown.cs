using Dashboard.Operations.Health;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>The same health endpoint was down twice in a row.</summary>
public sealed class ApplicationDown(RecentHealth health) : IAlertRule
{
    public string Name => "application-down";

    public string Title => "Application down";

    public string Threshold(AlertScope scope) => "a health endpoint that is down twice in a row (healthChecks.endpoints)";

    public async Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken)
    {
        if (await health.LastTwoAsync(scope, cancellationToken) is not { } last)
            return null;

        // The database has an alert of its own.
        var endpoints = last.Where(checks => checks.Newest.Target != HealthTargets.Ping).ToList();
        var down = endpoints.Where(checks => checks.Newest.State == HealthState.Down && checks.Before?.State == HealthState.Down).Select(checks => checks.Newest).ToList();
        if (down.Count == 0)
            return endpoints.All(checks => checks.Before is not null) ? [] : null;
        return
        [
            new AlertFinding(
                Subject: string.Empty,
                AlertSeverity.Critical,
                $"{scope.Environment.Title} is down",
                $"{string.Join("; ", down.Select(check => $"{check.Target}: {check.Note.TrimEnd('.')}"))}. See the application's log and what was deployed last; roll back when it began with a release.",
                down.Max(check => check.At) ?? scope.Now)
            {
                IsLasting = true,
            },
        ];
    }
}
