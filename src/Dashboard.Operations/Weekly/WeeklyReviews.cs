using Dashboard.Operations.Alerts;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Metrics;

namespace Dashboard.Operations.Weekly;

/// <summary>Reads a week in one go: its figures against the targets and against the week before, what was raised, what comes back, what was noted.</summary>
public sealed class WeeklyReviews(
    DeploymentFigures figures, MetricSeries series, MetricRetention retention, AlertBook alerts, RecurringProblems problems, WeeklyNotes notes, IssueTracker tracker, TimeProvider time)
{
    /// <summary>So many alerts in a week are a storm; the tally says what it was made of.</summary>
    private const int MostAlerts = 2_000;

    private static readonly TimeSpan Length = TimeSpan.FromDays(7);

    /// <summary>The week that is over last: the one that is reviewed on a Monday.</summary>
    public IsoWeek LastClosed => IsoWeek.Of(time.GetUtcNow()).Previous;

    /// <param name="environment">Null: all of them together.</param>
    public async Task<WeeklyReview> ReadAsync(IsoWeek week, string? environment, CancellationToken cancellationToken)
    {
        var now = await figures.ReadAsync(WindowOf(week, environment), cancellationToken);
        var before = await figures.ReadAsync(WindowOf(week.Previous, environment), cancellationToken);
        return new WeeklyReview(
            week,
            week.IsClosed(time.GetUtcNow()),
            environment,
            now,
            before,
            [
                await SeriesAsync("Success rate", "%", ChartMetric.DeploymentSuccessRate, 100, week, environment, cancellationToken),
                await SeriesAsync("Average deployment time", "s", ChartMetric.DeploymentDuration, 0.001, week, environment, cancellationToken),
                await SeriesAsync("Alerts", "alerts", ChartMetric.AlertCount, 1, week, environment, cancellationToken),
            ],
            await TallyAsync(week, environment, cancellationToken),
            await problems.OfAsync(week, environment, cancellationToken),
            await notes.OfAsync(week, cancellationToken))
        {
            MakesIssues = tracker.IsConfigured,
            HasEvents = week.From >= retention.OldestEvent,
        };
    }

    private static MetricWindow WindowOf(IsoWeek week, string? environment) => new(environment, week.From, week.To);

    private async Task<WeeklySeries> SeriesAsync(string title, string unit, ChartMetric metric, double factor, IsoWeek week, string? environment, CancellationToken cancellationToken)
    {
        var points = await series.ReadAsync(metric, environment, week.To, Length, cancellationToken) ?? [];
        var isCounted = metric == ChartMetric.AlertCount;

        // Days to come are no days without anything.
        var days = points.Where(point => point.Value is not null && point.At <= time.GetUtcNow()).Select(point => point with { Value = point.Value * factor });
        return new WeeklySeries(title, unit, [.. days], isCounted);
    }

    private async Task<IReadOnlyList<AlertTally>> TallyAsync(IsoWeek week, string? environment, CancellationToken cancellationToken)
    {
        var raised = await alerts.ListAsync(new AlertQuery(environment, From: week.From, To: week.To, Limit: MostAlerts, WithTrimmed: true), cancellationToken);
        return
        [
            .. raised.GroupBy(alert => (alert.Environment, alert.Rule))
                .Select(group => new AlertTally(group.Key.Environment, group.Key.Rule, group.First().Title, group.Count()))
                .OrderByDescending(tally => tally.Times).ThenBy(tally => tally.Environment, StringComparer.Ordinal).ThenBy(tally => tally.Rule, StringComparer.Ordinal),
        ];
    }
}
