using Dashboard.Operations.Running;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>A deployment that began and has not ended, though everything that it may wait for would be over.</summary>
public sealed class DeploymentTimeout(RecentDeployments recent, RunHistory history, AlertTimes times) : IAlertRule
{
    public string Name => "deployment-timeout";

    public string Title => "Deployment timeout";

    public string Threshold(AlertScope scope) => $"not ended after {RuleText.Span(LongestOf(scope))} (deployment, migration, health checks and settling together)";

    public async Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken)
    {
        var longest = LongestOf(scope);
        var findings = new List<AlertFinding>();
        var list = await recent.ListAsync(scope, cancellationToken);
        if (!list.HasLookBack)
            return null;
        var late = list.Deployments
            .Where(deployment => deployment is { End: DeploymentEnd.Running, HasStarted: true } && deployment.BegunAt < scope.Now - longest && deployment.LastAt > scope.Now - times.LookBack);
        foreach (var deployment in late)
        {
            // A run that was cancelled or interrupted has ended without an event that says so.
            if (await history.FindAsync(deployment.Id, cancellationToken) is not { IsActive: false })
                findings.Add(FindingOf(deployment, scope, longest));
        }

        return findings;
    }

    private static AlertFinding FindingOf(RecentDeployment deployment, AlertScope scope, TimeSpan longest) => new(
        deployment.Id,
        AlertSeverity.Error,
        $"Deployment {deployment.Id} does not end",
        $"The deployment {deployment.Id} to {scope.Environment.Name} began at {RuleText.Moment(deployment.BegunAt)} and has not ended; {RuleText.Span(longest)} are enough for all of it. Look at its run and at the machines' log; cancel it and roll back when it is truly stuck.",
        deployment.BegunAt)
    {
        DeploymentId = deployment.Id,
        IsLasting = true,
    };

    private static TimeSpan LongestOf(AlertScope scope) =>
        scope.Thresholds.DeploymentDuration + scope.Thresholds.MigrationDuration + scope.Environment.Settings.Deployment.HealthCheckTimeout + scope.Environment.Settings.Deployment.StabilizationTime;
}
