using Dashboard.Operations.Metrics;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>A phase that failed. All failures of one deployment are one alert, as severe as the worst of them.</summary>
public sealed class PhaseFailed(RecentDeployments recent, AlertTimes times) : IAlertRule
{
    public string Name => "phase-failed";

    public string Title => "Phase failed";

    public string Threshold(AlertScope scope) => "any phase that ends failed or in error; critical when it is the migration";

    public async Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken) =>
    [
        .. (await recent.EventsAsync(scope.Environment.Name, cancellationToken))
            .Where(found => RecentDeployment.IsFailure(found) && found.At > scope.Now - times.LookBack)
            .GroupBy(found => found.DeploymentId, StringComparer.Ordinal)
            .Select(group => FindingOf(group.Key, [.. group.OrderByDescending(found => found.Phase == EventPhase.Migration).ThenBy(found => found.At)])),
    ];

    /// <param name="failures">The one to name first: a failed migration, else the first, because what follows only comes from it.</param>
    private static AlertFinding FindingOf(string deployment, IReadOnlyList<DeploymentEvent> failures)
    {
        var first = failures[0];
        var isMigration = first.Phase == EventPhase.Migration;
        var phase = first.Phase.ToString().ToLowerInvariant();
        return new AlertFinding(
            deployment,
            isMigration ? AlertSeverity.Critical : AlertSeverity.Error,
            $"The {phase} of {deployment} failed",
            $"The {phase} of {deployment} failed.{RuleText.Quote(first.Error)} {(isMigration ? "See on the page Migrations what was applied before anything is deployed again." : "See its run for the step that failed; then deploy again or roll back.")}",
            failures.Max(found => found.At))
        {
            DeploymentId = deployment,
            Times = failures.Count,
        };
    }
}
