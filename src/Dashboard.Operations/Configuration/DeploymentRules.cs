namespace Dashboard.Operations.Configuration;

/// <summary>The <c>deployment</c> section of <c>config/migration.&lt;env&gt;.json</c>.</summary>
public sealed record DeploymentRules
{
    /// <summary>Limit of the platform's own wait for a machine to become healthy.</summary>
    public TimeSpan HealthCheckTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the released version is looked for before the release counts as failed.</summary>
    public int HealthCheckRetries { get; init; } = 10;

    public TimeSpan HealthCheckInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a release is left alone before it is verified.</summary>
    public TimeSpan StabilizationTime { get; init; } = TimeSpan.Zero;

    /// <summary>One machine first, and the others only when it is healthy.</summary>
    public bool Canary { get; init; }
}
