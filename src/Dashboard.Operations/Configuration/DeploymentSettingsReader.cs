using System.Globalization;
using System.Text.Json.Nodes;

namespace Dashboard.Operations.Configuration;

/// <summary>Reads what concerns releases, migrations, rollbacks and maintenance from an environment's own file.</summary>
internal sealed class DeploymentSettingsReader(string root, Func<string, string?> variable, bool isCommandLine, List<string> errors)
{
    /// <param name="registered">What <c>config/dashboard.json</c> says of the environment.</param>
    public MigrationSettings Read(string environment, JsonObject file, JsonObject registered, MigrationSettings settings) => settings with
    {
        Migrations = ReadMigrations(file["migrations"] as JsonObject, ReadCommands(environment, registered["migrationCommands"] as JsonObject)),
        Deployment = ReadDeployment(file["deployment"] as JsonObject),
        Rollback = ReadRollback(file["rollback"] as JsonObject),
        Maintenance = ReadMaintenance(environment, file["maintenance"] as JsonObject),
        Monitoring = ReadMonitoring(file["monitoring"] as JsonObject),
    };

    private MigrationRules ReadMigrations(JsonObject? section, MigrationCommands? commands)
    {
        var defaults = new MigrationRules();
        var folder = Given("MIGRATIONS_PATH") ?? section?["migrationsPath"]?.GetValue<string>() ?? "./migrations";
        return new MigrationRules
        {
            AutoRun = Flag(section, "autoRun") ?? defaults.AutoRun,
            BackupEnabled = Switch("MIGRATION_BACKUP_ENABLED") ?? Flag(section, "backupEnabled") ?? defaults.BackupEnabled,
            Timeout = Limit("MIGRATION_TIMEOUT") ?? Milliseconds(section, "timeout") ?? defaults.Timeout,
            DryRun = Switch("MIGRATION_DRY_RUN") ?? Flag(section, "dryRun") ?? defaults.DryRun,
            ValidateOnly = Switch("MIGRATION_VALIDATE_ONLY") ?? Flag(section, "validateOnly") ?? defaults.ValidateOnly,
            RequireConfirmation = Flag(section, "requireConfirmation") ?? defaults.RequireConfirmation,
            // The application's own runner finds its files from its own folder.
            Folder = Path.GetFullPath(folder, commands?.Folder ?? root),
            Commands = commands,
            Collection = Given("MIGRATIONS_COLLECTION") ?? section?["collectionName"]?.GetValue<string>() ?? defaults.Collection,
        };
    }

    private MigrationCommands? ReadCommands(string environment, JsonObject? section)
    {
        if (section is null)
            return null;
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Words(section, "variables"))
        {
            if (variable(name) is { Length: > 0 } value)
                variables[name] = value;
            else
                errors.Add($"config/dashboard.json: environments.{environment}.migrationCommands.variables: the variable {name} is not set.");
        }

        return new MigrationCommands
        {
            Folder = Path.GetFullPath(section["folder"]?.GetValue<string>() ?? ".", root),
            Up = Words(section, "up"),
            Down = Words(section, "down"),
            Status = Words(section, "status"),
            Variables = variables,
        };
    }

    private static List<string> Words(JsonObject section, string key) => [.. (section[key]?.AsArray() ?? []).Select(word => word!.GetValue<string>())];

    private DeploymentRules ReadDeployment(JsonObject? section)
    {
        var defaults = new DeploymentRules();
        return new DeploymentRules
        {
            HealthCheckTimeout = Limit("DEPLOY_TIMEOUT") ?? Milliseconds(section, "healthCheckTimeout") ?? defaults.HealthCheckTimeout,
            HealthCheckRetries = section?["healthCheckRetries"]?.GetValue<int>() ?? defaults.HealthCheckRetries,
            HealthCheckInterval = Milliseconds(section, "healthCheckInterval") ?? defaults.HealthCheckInterval,
            StabilizationTime = Milliseconds(section, "stabilizationTime") ?? defaults.StabilizationTime,
            Canary = Flag(section, "canaryDeployment") ?? defaults.Canary,
        };
    }

    private static RollbackRules ReadRollback(JsonObject? section)
    {
        var defaults = new RollbackRules();
        return new RollbackRules
        {
            AutoRollback = Flag(section, "autoRollback") ?? defaults.AutoRollback,
            OnMigrationFailure = Flag(section, "rollbackOnMigrationFailure") ?? defaults.OnMigrationFailure,
            OnHealthCheckFailure = Flag(section, "rollbackOnHealthCheckFailure") ?? defaults.OnHealthCheckFailure,
            EmergencyEnabled = Flag(section, "emergencyRollbackEnabled") ?? defaults.EmergencyEnabled,
            NotificationRequired = Flag(section, "rollbackNotificationRequired") ?? defaults.NotificationRequired,
        };
    }

    private MaintenanceRules ReadMaintenance(string environment, JsonObject? section)
    {
        var defaults = new MaintenanceRules();
        return new MaintenanceRules
        {
            Window = section?["maintenanceWindow"] is JsonObject window ? ReadWindow(environment, window) : null,
            AllowedDays = [.. (section?["allowedDeploymentDays"]?.AsArray() ?? []).Select(day => Enum.Parse<DayOfWeek>(day!.GetValue<string>(), ignoreCase: true))],
            EmergencyOverride = Flag(section, "emergencyDeploymentOverride") ?? defaults.EmergencyOverride,
        };
    }

    private static MonitoringRules ReadMonitoring(JsonObject? section)
    {
        var defaults = new MonitoringRules();
        return new MonitoringRules
        {
            Enabled = Flag(section, "enabled") ?? defaults.Enabled,
            AlertsEnabled = Flag(section, "alertsEnabled") ?? defaults.AlertsEnabled,
            MetricsEnabled = Flag(section, "metricsEnabled") ?? defaults.MetricsEnabled,
            DetailedLogging = Flag(section, "detailedLogging") ?? defaults.DetailedLogging,
            PerformanceMonitoring = Flag(section, "performanceMonitoring") ?? defaults.PerformanceMonitoring,
            NotificationChannels = section?["notificationChannels"] is JsonArray ? Words(section, "notificationChannels") : null,
        };
    }

    private DailyWindow ReadWindow(string environment, JsonObject window)
    {
        var id = window["timezone"]?.GetValue<string>() ?? "UTC";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone))
            errors.Add($"config/migration.{environment}.json: maintenance.maintenanceWindow.timezone: this machine knows no time zone '{id}'.");
        return new DailyWindow(Time(window, "start"), Time(window, "end"), zone ?? TimeZoneInfo.Utc);
    }

    private static TimeOnly Time(JsonObject window, string key) =>
        window[key]?.GetValue<string>() is { } text ? TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture) : TimeOnly.MinValue;

    /// <summary>The variables of the team's migration commands, which a server that keeps every environment does not obey.</summary>
    private string? Given(string name) => isCommandLine && variable(name) is { Length: > 0 } text ? text : null;

    private bool? Switch(string name)
    {
        if (Given(name) is not { } text)
            return null;
        if (bool.TryParse(text, out var flag))
            return flag;
        AddOnce($"variable {name}: '{text}' is neither true nor false.");
        return null;
    }

    private TimeSpan? Limit(string name)
    {
        if (Given(name) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0)
            return TimeSpan.FromMilliseconds(milliseconds);
        AddOnce($"variable {name}: '{text}' is not a number of milliseconds from 1 on.");
        return null;
    }

    private void AddOnce(string error)
    {
        if (!errors.Contains(error, StringComparer.Ordinal))
            errors.Add(error);
    }

    private static bool? Flag(JsonObject? section, string key) => section?[key]?.GetValue<bool>();

    private static TimeSpan? Milliseconds(JsonObject? section, string key) => section?[key] is { } value ? TimeSpan.FromMilliseconds(value.GetValue<int>()) : null;
}
