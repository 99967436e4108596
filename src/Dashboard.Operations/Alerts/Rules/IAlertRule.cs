using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>One thing worth an alert: looks at an environment and says what it sees. It raises nothing itself, so that it may be asked at any time.</summary>
public interface IAlertRule
{
    /// <summary>In kebab-case; part of every key that it makes.</summary>
    string Name { get; }

    string Title { get; }

    /// <summary>From when on it is an alert in this environment, for the page of rules.</summary>
    string Threshold(AlertScope scope);

    /// <summary>Everything that is so now; null when it cannot be told.</summary>
    Task<IReadOnlyList<AlertFinding>?> FindAsync(AlertScope scope, CancellationToken cancellationToken);
}

/// <summary>The environment that is looked at, and when.</summary>
public sealed record AlertScope(TargetEnvironment Environment, EnvironmentMonitoring Monitoring, DateTimeOffset Now)
{
    public AlertThresholds Thresholds => Monitoring.Thresholds;
}

/// <summary>What a rule saw.</summary>
/// <param name="Subject">What it is about, for the key; empty when an environment can have only one.</param>
/// <param name="Message">What happened, to what, and the next step.</param>
/// <param name="At">Of an event: when its newest happened. What is not newer than what was told before is told no more.</param>
public sealed record AlertFinding(string Subject, AlertSeverity Severity, string Title, string Message, DateTimeOffset At)
{
    public string? DeploymentId { get; init; }

    /// <summary>It goes on until the rule no longer finds it; otherwise it happened once.</summary>
    public bool IsLasting { get; init; }

    public int Times { get; init; } = 1;

    public int ConsecutiveFailures { get; init; }
}
