using Dashboard.Operations.Configuration;
using Dashboard.Operations.Health;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>The newest health reports of an environment, as far as they still say something about now.</summary>
public sealed class RecentHealth(HealthHistory history, HealthCheckSettings checks)
{
    public TimeSpan Stale => checks.Stale;

    public bool IsChecked => checks.Enabled;

    /// <summary>The last two, the newest first; null when there are not two that are fresh, because one bad answer is not yet trouble.</summary>
    public async Task<(HealthReport Newest, HealthReport Before)?> LastTwoAsync(AlertScope scope, CancellationToken cancellationToken)
    {
        var reports = await history.SinceAsync(scope.Environment.Name, scope.Now - Stale - checks.Interval, cancellationToken);
        return reports is [.., var before, var newest] && scope.Now - newest.At <= Stale ? (newest, before) : null;
    }
}
