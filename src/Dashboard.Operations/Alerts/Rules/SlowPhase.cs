using Dashboard.Operations.Metrics;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>What the rules for a slow deployment and a slow migration share: a phase that succeeded and took too long.</summary>
public sealed class SlowPhase(RecentDeployments recent, AlertTimes times)
{
    /// <param name="key">Of the threshold in config/monitoring.json.</param>
    internal async Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, EventPhase phase, TimeSpan longest, string key, string nextStep, CancellationToken cancellationToken)
    {
        var noun = phase.ToString().ToLowerInvariant();
        return
        [
            .. (await recent.EventsAsync(scope.Environment.Name, cancellationToken))
                .Where(found => found.Phase == phase && found.Status == EventStatus.Success && found.Milliseconds > longest.TotalMilliseconds && found.At > scope.Now - times.LookBack)
                .GroupBy(found => found.DeploymentId, StringComparer.Ordinal)
                .Select(group => new AlertFinding(
                    group.Key,
                    AlertSeverity.Warning,
                    $"Slow {noun} of {group.Key}",
                    $"The {noun} of {group.Key} took {RuleText.Span(TimeSpan.FromMilliseconds(group.Max(found => found.Milliseconds ?? 0)))}; {RuleText.Span(longest)} are allowed (thresholds.{key}). {nextStep}",
                    group.Max(found => found.At))
                {
                    DeploymentId = group.Key,
                    Times = group.Count(),
                }),
        ];
    }
}
