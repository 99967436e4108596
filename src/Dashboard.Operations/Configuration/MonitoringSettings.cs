using System.Text.Json.Nodes;

namespace Dashboard.Operations.Configuration;

/// <summary>What <c>config/monitoring.json</c> says beside the health checks.</summary>
public sealed record MonitoringSettings
{
    /// <summary>By the environment's name. One that is not in the file is watched with the values that <see cref="EnvironmentMonitoring"/> starts with, and tells nobody.</summary>
    public IReadOnlyDictionary<string, EnvironmentMonitoring> Environments { get; init; } = new Dictionary<string, EnvironmentMonitoring>(StringComparer.Ordinal);

    /// <summary>How long single deployment events are kept; their sums stay.</summary>
    public TimeSpan KeepMetrics { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The windows that are offered for figures, shortest first.</summary>
    public IReadOnlyList<TimeSpan> Windows { get; init; } = [TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(30)];

    public MetricsExport Export { get; init; } = new();

    /// <summary>How long an alert is kept after it was resolved.</summary>
    public TimeSpan KeepAlerts { get; init; } = TimeSpan.FromDays(30);

    /// <summary>An alert that nothing has renewed for so long is resolved by itself; null leaves it to its rule and to people.</summary>
    public TimeSpan? AutoResolveAfter { get; init; }

    public IReadOnlyList<EscalationSettings> Escalations { get; init; } = [];

    public ChartSettings Charts { get; init; } = new();

    public EnvironmentMonitoring Of(string environment) => Environments.GetValueOrDefault(environment) ?? new EnvironmentMonitoring();
}

/// <summary>When an environment's figures become alerts, and who is told.</summary>
public sealed record EnvironmentMonitoring
{
    /// <summary>False: no rule is looked at.</summary>
    public bool Enabled { get; init; } = true;

    public AlertThresholds Thresholds { get; init; } = new();

    /// <summary>Those that are switched on, in the order of the file.</summary>
    public IReadOnlyList<ChannelSettings> Channels { get; init; } = [];
}

/// <param name="ErrorRate">Failed deployments to all, 0 to 1.</param>
public sealed record AlertThresholds(TimeSpan DeploymentDuration, TimeSpan MigrationDuration, double ErrorRate, int ConsecutiveFailures)
{
    public AlertThresholds()
        : this(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1), 0.1, 3)
    {
    }
}

/// <summary>A channel as the file has it; what its kind needs is checked by the kind.</summary>
/// <param name="Type">slack, email, webhook or pagerduty.</param>
/// <param name="At">Where in the file it stands, for errors: <c>config/monitoring.json: environments.staging.channels[0]</c>.</param>
public sealed record ChannelSettings(string Type, JsonObject Config, string At)
{
    /// <summary>Of the keys below the section, for errors: empty, or <c>smtp.</c></summary>
    public string Prefix { get; init; } = string.Empty;

    // The section holds secrets; it must not reach a log by way of the record.
    public override string ToString() => $"{At} ({Type})";
}

/// <param name="Condition">As the file has it.</param>
/// <param name="Channels">Kinds of channels: every channel of that kind of the alert's environment is told.</param>
/// <param name="At">Where in the file it stands, for errors.</param>
public sealed record EscalationSettings(string Condition, TimeSpan After, IReadOnlyList<string> Channels, string At);

/// <summary>In which forms the events may be taken away.</summary>
public sealed record MetricsExport
{
    public bool Enabled { get; init; } = true;

    /// <summary>json, csv.</summary>
    public IReadOnlyList<string> Formats { get; init; } = ["json", "csv"];
}

/// <summary>The <c>dashboards</c> section: what the overview counts and draws.</summary>
public sealed record ChartSettings
{
    public bool Enabled { get; init; } = true;

    /// <summary>How old what is drawn may become.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromSeconds(30);

    public IReadOnlyList<ChartMetric> Metrics { get; init; } = Enum.GetValues<ChartMetric>();

    public IReadOnlyList<ChartRequest> Charts { get; init; } = [];
}

/// <summary>What can be counted or drawn; in the file in snake_case.</summary>
public enum ChartMetric
{
    DeploymentSuccessRate,
    DeploymentDuration,
    MigrationDuration,
    ErrorRate,
    AlertCount,
    HealthCheckStatus,
}

public enum ChartType
{
    Line,
    Bar,
    Gauge,
}

/// <param name="Range">How far back it goes.</param>
/// <param name="Thresholds">Of a gauge: from where on it is good, a warning, critical.</param>
public sealed record ChartRequest(ChartType Type, ChartMetric Metric, TimeSpan Range, GaugeThresholds? Thresholds);

/// <summary>Shares from 0 to 1; below <paramref name="Critical"/> it is as bad as it gets.</summary>
public sealed record GaugeThresholds(double Good, double Warning, double Critical);
