using Dashboard.Operations.Configuration;
using Dashboard.Operations.Health;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>The newest checks of an environment, as far as they still say something about now.</summary>
public sealed class RecentHealth(HealthHistory history, HealthCheckSettings checks)
{
    public TimeSpan Stale => checks.Stale;

    public bool IsChecked => checks.Enabled;

    private TimeSpan LongestInterval => new[] { checks.Interval, checks.MigrationInterval, checks.DatabaseInterval }.Max();

    /// <summary>
    /// The last two of each target; null when there is no report that is fresh. A report repeats what was last said by a target that is asked less
    /// often, so that two reports may hold one and the same check.
    /// </summary>
    public async Task<IReadOnlyList<LastChecks>?> LastTwoAsync(AlertScope scope, CancellationToken cancellationToken)
    {
        var reports = await history.SinceAsync(scope.Environment.Name, scope.Now - Stale - 2 * LongestInterval, cancellationToken);
        if (reports.Count == 0 || scope.Now - reports[^1].At > Stale)
            return null;
        return
        [
            .. reports.Reverse()
                .SelectMany(report => report.Checks.Select(check => check with { At = check.At ?? report.At }))
                .GroupBy(check => check.Target, StringComparer.Ordinal)
                .Select(target => target.DistinctBy(check => check.At).OrderByDescending(check => check.At).Take(2).ToList())
                .Select(last => new LastChecks(last[0], last.Count > 1 ? last[1] : null)),
        ];
    }
}

/// <summary>Two different checks of one target, one after the other.</summary>
/// <param name="Before">Null when it was asked only once lately: one bad answer is not yet trouble, and one good answer no end of it.</param>
public sealed record LastChecks(HealthCheck Newest, HealthCheck? Before);
