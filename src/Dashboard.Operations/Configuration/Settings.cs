using Dashboard.Operations.Backups;
using Dashboard.Operations.Configuration.Report;

namespace Dashboard.Operations.Configuration;

/// <summary>All of <c>config/</c>, read, checked and with its variables put in.</summary>
public sealed record Settings
{
    public required DashboardMode Mode { get; init; }

    /// <summary>The dashboard's own database on the server of <c>DASHBOARD_MONGODB_URI</c>, else of <c>MONGODB_URI</c>.</summary>
    public required string Database { get; init; }

    /// <summary>Absolute.</summary>
    public required string BackupDirectory { get; init; }

    /// <summary>Where second copies of the backups go, in the order in which they are used.</summary>
    public IReadOnlyList<CopyPlaceSettings> Copies { get; init; } = [];

    public BackupKeys BackupKeys { get; init; } = BackupKeys.None;

    /// <summary>What is not as configured but does not keep the dashboard from starting; each a sentence.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What all of this was read from.</summary>
    public IReadOnlyList<WrittenFile> Files { get; init; } = [];

    public required IReadOnlyList<EnvironmentSettings> Environments { get; init; }

    public FlySettings Fly { get; init; } = new();

    public GitHubSettings GitHub { get; init; } = new();

    public AccessSettings Access { get; init; } = new();

    public IncidentSettings Incidents { get; init; } = new();

    public StatusPageSettings StatusPage { get; init; } = new();

    public required IReadOnlyList<ScheduleSettings> Schedule { get; init; }

    public required HealthCheckSettings HealthChecks { get; init; }

    public MonitoringSettings Monitoring { get; init; } = new();

    /// <summary>What paths without an environment speak of, as the team's curl lines do: production, else the first of the file.</summary>
    public string DefaultEnvironment => Environments.FirstOrDefault(environment => environment.Name == "production")?.Name ?? Environments[0].Name;
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
    MigrationSettings Settings)
{
    public MaintenanceSwitch MaintenanceSwitch { get; init; }

    /// <summary>The fly.toml that fits its images, absolute; null deploys with the configuration of the newest release.</summary>
    public string? FlyConfig { get; init; }
}

/// <summary>The <c>fly</c> section of <c>config/dashboard.json</c>.</summary>
/// <param name="Program">The flyctl binary: absolute, or a name that is looked for on the PATH.</param>
/// <param name="TokenVariable">Name of the variable that holds the token; the token itself is never in a file.</param>
/// <param name="Sha256">Of the binary, in lower-case hexadecimal; null runs whatever is there.</param>
public sealed record FlySettings(string Program = "flyctl", string TokenVariable = "FLY_API_TOKEN", string? Sha256 = null);

/// <summary>One recurring call; <paramref name="Cron"/> has five fields and is read in <paramref name="TimeZone"/>.</summary>
/// <param name="Confirm">The target's name, where the operation has a plan: who writes it here confirms it for every slot.</param>
public sealed record ScheduleSettings(
    string Name, string Cron, TimeZoneInfo TimeZone, string Operation, string Environment, string Reason, string Request, string? Confirm = null);

/// <summary>The <c>healthChecks</c> section of <c>config/monitoring.json</c>.</summary>
/// <param name="Interval">Of the application's own report; migrations and database have theirs.</param>
public sealed record HealthCheckSettings(
    bool Enabled, TimeSpan Interval, TimeSpan DeploymentTimeout, TimeSpan MigrationTimeout, TimeSpan DatabaseTimeout, int Retries, IReadOnlyList<string> Endpoints)
{
    public TimeSpan MigrationInterval { get; init; } = Interval;

    public TimeSpan DatabaseInterval { get; init; } = Interval;

    /// <summary>What is older says nothing about now, and is shown as unknown.</summary>
    public TimeSpan Stale => StaleAfter(Interval);

    /// <summary>For what has an interval of its own: one missed check is no news, three are.</summary>
    public static TimeSpan StaleAfter(TimeSpan interval) => 3 * interval;
}
