using Dashboard.Operations.Metrics;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>A deployment phase that succeeded and took longer than allowed.</summary>
public sealed class SlowDeployment(SlowPhase slow) : IAlertRule
{
    public string Name => "slow-deployment";

    public string Title => "Slow deployment";

    public string Threshold(AlertScope scope) => $"longer than {RuleText.Span(scope.Thresholds.DeploymentDuration)} (thresholds.deploymentDuration)";

    public Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken) => slow.FindAsync(
        scope, EventPhase.Deployment, scope.Thresholds.DeploymentDuration, "deploymentDuration", "See on the page Deployments which step took the time.", cancellationToken);
}
