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
        var before = DownIn(last.Before).Select(check => check.Target).ToHashSet(StringComparer.Ordinal);
        var down = DownIn(last.Newest).Where(check => before.Contains(check.Target)).ToList();
        if (down.Count == 0)
            return [];
        return
        [
            new AlertFinding(
                Subject: string.Empty,
                AlertSeverity.Critical,
                $"{scope.Environment.Title} is down",
                $"{string.Join("; ", down.Select(check => $"{check.Target}: {check.Note.TrimEnd('.')}"))}. See the application's log and what was deployed last; roll back when it began with a release.",
                last.Newest.At)
            {
                IsLasting = true,
            },
        ];
    }

    // The database has an alert of its own.
    private static IEnumerable<HealthCheck> DownIn(HealthReport report) => report.Checks.Where(check => check.State == HealthState.Down && check.Target != HealthTargets.Ping);
}
