using Dashboard.Operations.Health;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>The health checks have stopped: what is shown may no longer be so. The time in which this dashboard itself was not there does not count.</summary>
public sealed class CheckNotRunning(HealthHistory history, RecentHealth health, TimeProvider time) : IAlertRule
{
    private readonly DateTimeOffset _began = time.GetUtcNow();

    public string Name => "check-not-running";

    public string Title => "Check not running";

    public string Threshold(AlertScope scope) => health.IsChecked ? $"no health report for {RuleText.Span(health.Stale)} (three of healthChecks.intervals.deployment)" : "switched off with healthChecks.enabled";

    public async Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken)
    {
        if (!health.IsChecked)
            return [];
        var latest = (await history.LatestAsync(scope.Environment.Name, cancellationToken))?.At;
        var since = latest > _began ? latest.Value : _began;
        if (scope.Now - since <= health.Stale)
            return latest >= _began ? [] : null;
        return
        [
            new AlertFinding(
                Subject: string.Empty,
                AlertSeverity.Error,
                "The health checks have stopped",
                $"The health of {scope.Environment.Name} was last stored {(latest is { } at ? $"at {RuleText.Moment(at)}" : "never")}; how it is now is not known. Press Check health, and see the dashboard's own log for why the checks do not run.",
                since)
            {
                IsLasting = true,
            },
        ];
    }
}
