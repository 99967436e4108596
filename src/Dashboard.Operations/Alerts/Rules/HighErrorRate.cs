namespace Dashboard.Operations.Alerts.Rules;

/// <summary>Too large a share of a day's deployments failed. One alone says nothing about a rate; it has its own alert.</summary>
public sealed class HighErrorRate(RecentDeployments recent, AlertTimes times) : IAlertRule
{
    private const int Least = 2;

    public string Name => "high-error-rate";

    public string Title => "High error rate";

    public string Threshold(AlertScope scope) => RuleText.Text($"more than {RuleText.Share(scope.Thresholds.ErrorRate)} of {Least} or more deployments within {RuleText.Span(times.LookBack)} (thresholds.errorRate)");

    public async Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken)
    {
        var list = await recent.ListAsync(scope, cancellationToken);
        if (!list.HasLookBack)
            return null;
        var ended = list.Deployments.Where(deployment => deployment.End != DeploymentEnd.Running && deployment.LastAt > scope.Now - times.LookBack).ToList();
        var failed = ended.Count(deployment => deployment.End == DeploymentEnd.Failed);
        var rate = ended.Count == 0 ? 0 : (double)failed / ended.Count;
        if (ended.Count < Least || rate <= scope.Thresholds.ErrorRate)
            return [];
        return
        [
            new AlertFinding(
                Subject: string.Empty,
                AlertSeverity.Error,
                $"High error rate: {RuleText.Share(rate)}",
                RuleText.Text($"{failed} of {ended.Count} deployments to {scope.Environment.Name} within {RuleText.Span(times.LookBack)} failed; {RuleText.Share(scope.Thresholds.ErrorRate)} are allowed (thresholds.errorRate). Read the application's log for errors and check its health; scale if it is load."),
                ended[0].LastAt)
            {
                IsLasting = true,
            },
        ];
    }
}
