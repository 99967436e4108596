namespace Dashboard.Operations.Configuration;

/// <summary>All of <c>config/</c>, read, checked and with its variables put in.</summary>
public sealed record Settings
{
    public required DashboardMode Mode { get; init; }

    /// <summary>The dashboard's own database on the server of <c>MONGODB_URI</c>.</summary>
    public required string Database { get; init; }

    /// <summary>Absolute.</summary>
    public required string BackupDirectory { get; init; }

    public required IReadOnlyList<EnvironmentSettings> Environments { get; init; }

    public required IReadOnlyList<ScheduleSettings> Schedule { get; init; }

    public required HealthCheckSettings HealthChecks { get; init; }
}

/// <summary>Where the application being operated runs.</summary>
public enum DashboardMode
{
    /// <summary>As child processes of the dashboard, with a MongoDB of its own: for trying out and for tests.</summary>
    Local,

    /// <summary>On the addresses and databases that <c>config/dashboard.json</c> names.</summary>
    Fly,
}

/// <summary>An environment as <c>config/dashboard.json</c> registers it, with the file of its own beside it.</summary>
/// <param name="Url">Base address outside local mode.</param>
/// <param name="ConnectionVariable">Name of the variable that holds the connection string; the string itself is never in a file.</param>
/// <param name="LocalMachines">Child processes in local mode.</param>
public sealed record EnvironmentSettings(
    string Name,
    string Title,
    Uri Url,
    string App,
    string Database,
    string ConnectionVariable,
    int LocalMachines,
    MigrationSettings Settings);

/// <summary>One recurring call; <paramref name="Cron"/> has five fields and is read in <paramref name="TimeZone"/>.</summary>
/// <param name="Confirm">The target's name, where the operation has a plan: who writes it here confirms it for every slot.</param>
public sealed record ScheduleSettings(
    string Name, string Cron, TimeZoneInfo TimeZone, string Operation, string Environment, string Reason, string Request, string? Confirm = null);

/// <summary>What of <c>config/migration.&lt;env&gt;.json</c> is obeyed today.</summary>
public sealed record MigrationSettings
{
    public bool BackupEnabled { get; init; } = true;

    public bool BackupCompression { get; init; } = true;

    /// <summary>How long a restore keeps what was there before, so that it can be undone.</summary>
    public TimeSpan BackupKeepBefore { get; init; } = TimeSpan.FromHours(72);

    /// <summary>Limit of one try to reach the database.</summary>
    public TimeSpan ConnectionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A direct ping slower than this is a warning.</summary>
    public TimeSpan QueryWarning { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>The <c>healthChecks</c> section of <c>config/monitoring.json</c>.</summary>
public sealed record HealthCheckSettings(
    bool Enabled, TimeSpan Interval, TimeSpan DeploymentTimeout, TimeSpan MigrationTimeout, TimeSpan DatabaseTimeout, int Retries, IReadOnlyList<string> Endpoints);
