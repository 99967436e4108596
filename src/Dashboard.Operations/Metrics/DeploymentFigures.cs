using Dashboard.Operations.Alerts;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Metrics;

/// <summary>The figures of any window: those of the runbook with its targets, and the four of DORA, each with its arithmetic.</summary>
public sealed class DeploymentFigures(MetricSums sums, AlertBook alerts, MonitoringSettings settings)
{
    public async Task<DeploymentReport> ReadAsync(MetricWindow window, CancellationToken cancellationToken)
    {
        var counted = await sums.ReadAsync(window, cancellationToken);
        var raised = await alerts.CountAsync(new AlertQuery(window.Environment, From: window.From, To: window.To, WithTrimmed: true), cancellationToken);
        var thresholds = window.Environment is { } environment ? settings.Of(environment).Thresholds : null;
        var review = new ReviewFigures(counted, thresholds);
        var dora = new DoraFigures(counted);
        return new DeploymentReport(
            window,
            counted.Events.LastAt,
            [review.SuccessRate, review.AverageTime, review.MedianTime, review.SlowTime, review.MigrationTime, review.ErrorRate, review.Count, review.Alerts(raised)],
            [dora.Frequency, dora.LeadTime, dora.ChangeFailureRate, dora.TimeToRestore],
            counted.Waiting);
    }

    /// <summary>The original's numbers, by its formulas.</summary>
    public async Task<ContractStats> ReadStatsAsync(MetricWindow window, bool isAlways, CancellationToken cancellationToken)
    {
        var counting = sums.ReadAsync(window, cancellationToken);
        var query = isAlways ? new AlertQuery(window.Environment, WithTrimmed: true) : new AlertQuery(window.Environment, From: window.From, To: window.To, WithTrimmed: true);
        var total = alerts.CountAsync(query, cancellationToken);
        var active = alerts.CountAsync(query with { IsOpen = true }, cancellationToken);
        var counted = await counting;
        var deployments = counted.Deployments;
        return new ContractStats(
            window.Environment ?? "all",
            deployments.Total,
            deployments.Successful,
            deployments.Total == 0 ? 0 : (double)deployments.Successful / deployments.Total,
            deployments.ContractTimed == 0 ? 0 : deployments.ContractMilliseconds / deployments.ContractTimed,
            counted.Events.Migrations.Average ?? 0,
            await total,
            await active,
            counted.Events.LastAt);
    }
}

/// <param name="Last">The newest event that is part of a deployment.</param>
/// <param name="Review">What the runbook's weekly review asks for.</param>
/// <param name="Waiting">Events that are in no figure yet.</param>
public sealed record DeploymentReport(MetricWindow Window, DateTimeOffset? Last, IReadOnlyList<Figure> Review, IReadOnlyList<Figure> Dora, long Waiting)
{
    /// <param name="name">As in <see cref="FigureNames"/>.</param>
    public Figure Find(string name) => Review.Concat(Dora).First(figure => figure.Name == name);
}

/// <summary>The fields of <c>action=stats</c>, in their order; times in milliseconds.</summary>
public sealed record ContractStats(
    string Environment,
    long DeploymentCount,
    long SuccessfulDeployments,
    double SuccessRate,
    double AverageDeploymentTime,
    double AverageMigrationTime,
    long TotalAlerts,
    long ActiveAlerts,
    DateTimeOffset? LastDeployment);
