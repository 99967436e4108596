namespace Dashboard.Operations.Configuration;

/// <summary>The <c>rollback</c> section of <c>config/migration.&lt;env&gt;.json</c>.</summary>
public sealed record RollbackRules
{
    /// <summary>A deployment that fails goes back by itself; the two below say for which failures.</summary>
    public bool AutoRollback { get; init; }

    public bool OnMigrationFailure { get; init; } = true;

    public bool OnHealthCheckFailure { get; init; } = true;

    /// <summary>Somebody may roll back outside the window and on any day.</summary>
    public bool EmergencyEnabled { get; init; } = true;

    /// <summary>Every rollback has to be announced.</summary>
    public bool NotificationRequired { get; init; } = true;
}
