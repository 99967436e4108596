using System.Globalization;
using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Metrics;

/// <summary>The figures of the runbook's weekly review.</summary>
/// <param name="thresholds">Of the environment; null for all together, which have none.</param>
internal sealed class ReviewFigures(WindowSum counted, AlertThresholds? thresholds)
{
    private const string Runbook = "runbook, weekly review";
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private readonly DeploymentSum _made = counted.Deployments;

    public Figure SuccessRate => new()
    {
        Name = FigureNames.SuccessRate,
        Title = "Success rate",
        Unit = "ratio",
        Formula = "Deployments with a successful verification ÷ all deployments that began in the window",
        Numerator = _made.Successful,
        Denominator = _made.Total,
        Value = Ratio(_made.Successful, _made.Total),
        LeftOut = Existing(new LeftOut(counted.Waiting, "events", "They have just arrived and are not counted yet.")),
        Note = _made.Unfinished == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{_made.Unfinished} without an end count as not successful: they are still going on, or their process was killed."),
        Targets = [new Target(0.95, IsUpper: false, Runbook)],
    };

    public Figure AverageTime => Time(FigureNames.AverageTime, "Average deployment time", "Sum of the times from first event to last ÷ number of successful deployments", _made.Times.Average) with
    {
        Targets = [new Target(TimeSpan.FromMinutes(5).TotalMilliseconds, IsUpper: true, Runbook), .. Threshold("deploymentDuration", thresholds?.DeploymentDuration.TotalMilliseconds)],
    };

    public Figure MedianTime => Time(FigureNames.MedianTime, "Median deployment time", "Half of the successful deployments took longer, first event to last; to within 2 %", _made.Times.Quantile(0.5));

    public Figure SlowTime => Time(FigureNames.SlowTime, "95th percentile of deployment times", "One in twenty successful deployments took longer, first event to last; to within 2 %", _made.Times.Quantile(0.95));

    public Figure MigrationTime
    {
        get
        {
            var migrations = counted.Events.Migrations;
            var ended = counted.Events.Phases.Where(phase => phase.Phase == EventPhase.Migration && phase.Status != EventStatus.Started).Sum(phase => phase.Count);
            return new Figure
            {
                Name = FigureNames.MigrationTime,
                Title = "Average migration time",
                Unit = "ms",
                Formula = "Sum of the durations of migration events ÷ number of migration events with a duration above zero, failures included",
                Numerator = migrations.Sum,
                Denominator = migrations.Count,
                Value = migrations.Average,
                LeftOut = Existing(new LeftOut(Math.Max(0, ended - migrations.Count), "ended migrations", "They told no duration, or zero.")),
                Targets = [.. Threshold("migrationDuration", thresholds?.MigrationDuration.TotalMilliseconds)],
            };
        }
    }

    public Figure ErrorRate => new()
    {
        Name = FigureNames.ErrorRate,
        Title = "Error rate",
        Unit = "ratio",
        Formula = "Deployments with a failed phase and no successful verification ÷ all deployments that began in the window",
        Numerator = _made.Failed,
        Denominator = _made.Total,
        Value = Ratio(_made.Failed, _made.Total),
        Targets = [.. Threshold("errorRate", thresholds?.ErrorRate)],
    };

    public Figure Count => new()
    {
        Name = FigureNames.Count,
        Title = "Deployments",
        Unit = "count",
        Formula = "Deployments whose first event is in the window; backups, migrations and rollbacks on their own are none",
        Numerator = _made.Total,
        Denominator = 1,
        Value = _made.Total,
    };

    public Figure Alerts(long raised) => new()
    {
        Name = FigureNames.Alerts,
        Title = "Alerts per week",
        Unit = "per week",
        Formula = "Alerts raised in the window ÷ its weeks",
        Numerator = raised,
        Denominator = counted.Window.Length / Week,
        Value = counted.Window.Length == TimeSpan.Zero ? null : raised / (counted.Window.Length / Week),
        Note = "An alert is counted once, however often its condition was seen; what was only announced is none.",
        Targets = [new Target(5, IsUpper: true, Runbook)],
    };

    private Figure Time(string name, string title, string formula, double? value) => new()
    {
        Name = name,
        Title = title,
        Unit = "ms",
        Formula = formula,
        Numerator = _made.Times.Sum,
        Denominator = _made.Times.Count,
        Value = value,
        LeftOut = Existing(
            new LeftOut(_made.Failed, "failed deployments", "One that stops early would make the average look good."),
            new LeftOut(_made.Unfinished, "unfinished deployments", "They have no end."),
            new LeftOut(_made.Successful - _made.Times.Count, "successful deployments", "Only one moment of them is known.")),
    };

    private static IEnumerable<Target> Threshold(string key, double? limit) => limit is { } value ? [new Target(value, IsUpper: true, $"config/monitoring.json, thresholds.{key}")] : [];

    private static double? Ratio(long numerator, long denominator) => denominator == 0 ? null : (double)numerator / denominator;

    private static LeftOut[] Existing(params LeftOut[] all) => [.. all.Where(left => left.Count > 0)];
}
