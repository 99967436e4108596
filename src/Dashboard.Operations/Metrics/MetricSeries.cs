using Dashboard.Operations.Alerts;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Metrics;

/// <summary>What a chart of <c>dashboards</c> draws: one value for each hour, or for each day where the range is longer than two.</summary>
public sealed class MetricSeries(MetricSums sums, AlertBook alerts)
{
    private static readonly TimeSpan LongestByHour = TimeSpan.FromDays(2);

    /// <summary>How many points are drawn at most; a longer range ends with the newest.</summary>
    private const int MostPoints = 400;

    /// <summary>Null for what does not come from events: the state of health checks.</summary>
    public async Task<IReadOnlyList<SeriesPoint>?> ReadAsync(ChartMetric metric, string? environment, DateTimeOffset now, TimeSpan range, CancellationToken cancellationToken)
    {
        if (metric == ChartMetric.HealthCheckStatus)
            return null;
        var step = range <= LongestByHour ? SumLevel.Hour : SumLevel.Day;
        var longest = (step == SumLevel.Hour ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1)) * MostPoints;
        var window = MetricWindow.Before(environment, now, range < longest ? range : longest);
        if (metric == ChartMetric.AlertCount)
            return await AlertsAsync(window, step, cancellationToken);
        var counted = await sums.ReadStepsAsync(window, step, cancellationToken);
        return [.. counted.Select(part => new SeriesPoint(part.Window.From, ValueOf(metric, part)))];
    }

    private static double? ValueOf(ChartMetric metric, WindowSum counted) => metric switch
    {
        ChartMetric.DeploymentSuccessRate => new ReviewFigures(counted, thresholds: null).SuccessRate.Value,
        ChartMetric.DeploymentDuration => new ReviewFigures(counted, thresholds: null).AverageTime.Value,
        ChartMetric.MigrationDuration => new ReviewFigures(counted, thresholds: null).MigrationTime.Value,
        _ => new ReviewFigures(counted, thresholds: null).ErrorRate.Value,
    };

    private async Task<IReadOnlyList<SeriesPoint>> AlertsAsync(MetricWindow window, SumLevel step, CancellationToken cancellationToken)
    {
        var points = new List<SeriesPoint>();
        for (var at = SumSpan.Floor(step, window.From); at < window.To;)
        {
            var next = new SumSpan(string.Empty, step, at).To;
            points.Add(new SeriesPoint(at, await alerts.CountAsync(new AlertQuery(window.Environment, From: at, To: next, WithTrimmed: true), cancellationToken)));
            at = next;
        }

        return points;
    }
}

/// <param name="At">Where its hour or day begins.</param>
/// <param name="Value">As the figure of that name; null where there was nothing to count.</param>
public sealed record SeriesPoint(DateTimeOffset At, double? Value);
