namespace Dashboard.Operations.Alerts.Rules;

/// <summary>Deployments of one environment that failed one after the other, with no success between; a success ends it.</summary>
public sealed class MultipleFailures(RecentDeployments recent) : IAlertRule
{
    public string Name => "multiple-failures";

    public string Title => "Multiple failures";

    public string Threshold(AlertScope scope) => $"{scope.Thresholds.ConsecutiveFailures} failed deployments in a row (thresholds.consecutiveFailures)";

    public async Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken)
    {
        var list = await recent.ListAsync(scope, cancellationToken);
        var ended = list.Deployments.Where(deployment => deployment.End != DeploymentEnd.Running).ToList();
        var failed = ended.TakeWhile(deployment => deployment.End == DeploymentEnd.Failed).ToList();
        if (failed.Count < scope.Thresholds.ConsecutiveFailures)
            return failed.Count < ended.Count || list.HasAll ? [] : null;
        return
        [
            new AlertFinding(
                Subject: string.Empty,
                AlertSeverity.Critical,
                RuleText.Text($"{failed.Count} deployments in a row failed"),
                RuleText.Text($"The last {failed.Count} deployments to {scope.Environment.Name} failed, the newest is {failed[0].Id}.{RuleText.Quote(failed[0].Error)} Stop deploying, find what they have in common, and see the runbook, Incident Response."),
                failed[0].LastAt)
            {
                DeploymentId = failed[0].Id,
                IsLasting = true,
                ConsecutiveFailures = failed.Count,
            },
        ];
    }
}
