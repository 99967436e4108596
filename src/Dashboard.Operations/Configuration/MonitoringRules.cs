namespace Dashboard.Operations.Configuration;

/// <summary>What the <c>monitoring</c> section of <c>config/migration.&lt;env&gt;.json</c> says.</summary>
public sealed record MonitoringRules
{
    public bool Enabled { get; init; } = true;

    public bool AlertsEnabled { get; init; } = true;

    /// <summary>Off: no deployment event of the environment is kept, neither of a run nor of another pipeline; its figures stay empty.</summary>
    public bool MetricsEnabled { get; init; } = true;

    /// <summary>Every line of a run is also in the process's own log.</summary>
    public bool DetailedLogging { get; init; }

    /// <summary>Off: its database is asked for nothing but a ping.</summary>
    public bool PerformanceMonitoring { get; init; } = true;

    /// <summary>Kinds of channels that are told; null is every channel of the environment. An escalation names its own.</summary>
    public IReadOnlyList<string>? NotificationChannels { get; init; }

    /// <summary>Both switches are on: with either off no rule is looked at.</summary>
    public bool WatchesAlerts => Enabled && AlertsEnabled;

    public bool Tells(string kind) => NotificationChannels?.Contains(kind, StringComparer.Ordinal) ?? true;
}
