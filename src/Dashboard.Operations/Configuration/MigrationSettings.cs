namespace Dashboard.Operations.Configuration;

/// <summary>What of <c>config/migration.&lt;env&gt;.json</c> is obeyed today.</summary>
public sealed record MigrationSettings
{
    public bool BackupEnabled { get; init; } = true;

    public bool BackupCompression { get; init; } = true;

    /// <summary>Whether the whole archive is read and checked right after it was written.</summary>
    public bool BackupVerifyIntegrity { get; init; } = true;

    /// <summary>Archives are encrypted: <c>security.encryptBackups</c> asks for it and there is a key.</summary>
    public bool EncryptBackups { get; init; }

    /// <summary>Config asks for encryption and there is no key, which local mode puts up with.</summary>
    public bool IsEncryptionMissing { get; init; }

    /// <summary>How long a backup is kept, unless it is the last proven or the newest good one.</summary>
    public TimeSpan BackupRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a safety backup is kept: while its operation may still have to be undone.</summary>
    public TimeSpan SafetyRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a restore keeps what was there before, so that it can be undone.</summary>
    public TimeSpan BackupKeepBefore { get; init; } = TimeSpan.FromHours(72);

    /// <summary>How many copies of each backup there should be, the first one included.</summary>
    public int RedundantBackups { get; init; } = 1;

    /// <summary>At least one of the copies has to be elsewhere than in the backup folder.</summary>
    public bool OffSiteBackup { get; init; }

    /// <summary>The newest backup that is proven to restore may not be older.</summary>
    public TimeSpan MaxProvenAge { get; init; } = TimeSpan.FromHours(26);

    /// <summary>A restore may not take longer.</summary>
    public TimeSpan MaxRestoreTime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Limit of one try to reach the database.</summary>
    public TimeSpan ConnectionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A direct ping slower than this is a warning.</summary>
    public TimeSpan QueryWarning { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A direct ping slower than this is critical; null where nobody has said from when on.</summary>
    public TimeSpan? QueryCritical { get; init; }

    public MigrationRules Migrations { get; init; } = new();

    public DeploymentRules Deployment { get; init; } = new();

    public RollbackRules Rollback { get; init; } = new();

    public MaintenanceRules Maintenance { get; init; } = new();

    public MonitoringRules Monitoring { get; init; } = new();
}
