namespace Dashboard.Operations.Configuration;

/// <summary>What the <c>monitoring</c> section of <c>config/migration.&lt;env&gt;.json</c> says of alerts.</summary>
public sealed record AlertingRules
{
    public bool Enabled { get; init; } = true;

    public bool AlertsEnabled { get; init; } = true;

    /// <summary>Kinds of channels that are told; null is every channel of the environment. An escalation names its own.</summary>
    public IReadOnlyList<string>? NotificationChannels { get; init; }

    /// <summary>Both switches are on: with either off no rule is looked at.</summary>
    public bool WatchesAlerts => Enabled && AlertsEnabled;

    public bool Tells(string kind) => NotificationChannels?.Contains(kind, StringComparer.Ordinal) ?? true;
}
