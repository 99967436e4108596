using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Metrics;

namespace Dashboard.Operations.Overview;

/// <summary>Reads what the overview draws; it costs the same however much was ever counted.</summary>
public sealed class Boards(
    MonitoringSettings settings, DeploymentFigures figures, MetricSeries series, EnvironmentCards cards, EnvironmentRegistry environments, TimeProvider time)
{
    /// <summary>Unless another is chosen the numbers speak of a week, because the targets do.</summary>
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>Null where the file switches it off.</summary>
    /// <param name="window">Null, or one that is not offered: a week.</param>
    public async Task<Board?> ReadAsync(TimeSpan? window, CancellationToken cancellationToken)
    {
        if (!settings.Charts.Enabled)
            return null;
        var now = time.GetUtcNow();
        var chosen = window is { } asked && settings.Windows.Contains(asked) ? asked : Week;
        var report = await figures.ReadAsync(MetricWindow.Before(environment: null, now, chosen), cancellationToken);
        var health = await HealthAsync(cancellationToken);
        var charts = new List<BoardChart>();
        foreach (var request in settings.Charts.Charts)
            charts.Add(await ChartAsync(request, report, health, now, cancellationToken));
        return new Board([.. settings.Charts.Metrics.Select(metric => new BoardNumber(metric, FigureOf(metric, report, health)))], charts, chosen, settings.Windows, settings.Charts.Refresh);
    }

    private static Figure FigureOf(ChartMetric metric, DeploymentReport report, Figure health) => metric switch
    {
        ChartMetric.DeploymentSuccessRate => report.Find(FigureNames.SuccessRate),
        ChartMetric.DeploymentDuration => report.Find(FigureNames.AverageTime),
        ChartMetric.MigrationDuration => report.Find(FigureNames.MigrationTime),
        ChartMetric.ErrorRate => report.Find(FigureNames.ErrorRate),
        ChartMetric.AlertCount => report.Find(FigureNames.Alerts),
        _ => health,
    };

    private async Task<BoardChart> ChartAsync(ChartRequest request, DeploymentReport report, Figure health, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (title, unit, factor) = WordsOf(request.Metric);
        if (request.Type == ChartType.Gauge || request.Metric == ChartMetric.HealthCheckStatus)
        {
            var figure = FigureOf(request.Metric, report, health);
            return new BoardChart(request with { Type = ChartType.Gauge }, title, unit, [], figure.Unit == "ratio" ? figure.Value : null);
        }

        var points = await series.ReadAsync(request.Metric, environment: null, now, request.Range, cancellationToken) ?? [];
        return new BoardChart(request, title, unit, [.. points.Where(point => point.Value is not null).Select(point => point with { Value = point.Value * factor })], Share: null);
    }

    private static (string Title, string Unit, double Factor) WordsOf(ChartMetric metric) => metric switch
    {
        ChartMetric.DeploymentSuccessRate => ("Deployment success rate", "%", 100),
        ChartMetric.DeploymentDuration => ("Average deployment time", "s", 0.001),
        ChartMetric.MigrationDuration => ("Average migration time", "s", 0.001),
        ChartMetric.ErrorRate => ("Error rate", "%", 100),
        ChartMetric.AlertCount => ("Alerts", "alerts", 1),
        _ => ("Health checks", "%", 100),
    };

    /// <summary>Of the checks of all environments, how many are healthy; what is not known is left out and said.</summary>
    private async Task<Figure> HealthAsync(CancellationToken cancellationToken)
    {
        var known = (await cards.ListAsync(cancellationToken)).Where(card => card is { Health: not null, IsStale: false }).ToList();
        var checks = known.SelectMany(card => card.Health?.Checks ?? []).ToList();
        var healthy = checks.Count(check => check.State == HealthState.Healthy);
        var silent = environments.All.Count - known.Count;
        return new Figure
        {
            Name = "health-checks",
            Title = "Health checks",
            Unit = "ratio",
            Formula = "Checks that are healthy now ÷ checks that were answered lately, of all environments",
            Numerator = healthy,
            Denominator = checks.Count,
            Value = checks.Count == 0 ? null : (double)healthy / checks.Count,
            LeftOut = silent == 0 ? [] : [new LeftOut(silent, "environments", "Their checks have not run lately.")],
        };
    }
}
