using System.Text.Json.Nodes;
using Cronos;

namespace Dashboard.Operations.Configuration;

/// <summary>Reads <c>config/</c> completely before anything starts, and collects every error instead of stopping at the first.</summary>
public sealed class SettingsFiles
{
    private const string Registry = "dashboard.json";
    private const string MonitoringFile = "monitoring.json";
    private readonly List<string> _errors = [];
    private readonly List<string> _warnings = [];
    private readonly string _root;
    private readonly Func<string, string?> _variable;
    private readonly IReadOnlyCollection<string> _operations;
    private readonly bool _isCommandLine;
    private readonly TargetOverride? _target;
    private readonly ConfigFolder _folder;

    private SettingsFiles(string root, Func<string, string?> variable, IReadOnlyCollection<string> operations, bool isCommandLine, TargetOverride? target)
    {
        _isCommandLine = isCommandLine;
        _target = target;
        _root = root;
        _variable = variable;
        _operations = operations;
        _folder = new ConfigFolder(Path.Combine(root, "config"), variable, _errors);
    }

    /// <param name="root">The folder that holds <c>config/</c>; relative paths in it start here.</param>
    /// <param name="variable">Looks up an environment variable.</param>
    /// <param name="operations">The names the schedule may use.</param>
    /// <param name="isCommandLine">The variables of the runbook's scripts override what the files say: for one run, not for a server that keeps every environment.</param>
    /// <param name="target">The one environment that is needed, where the caller says its server or database; null needs all as configured.</param>
    /// <exception cref="ConfigurationException">With everything that is wrong.</exception>
    public static Settings Load(
        string root, Func<string, string?> variable, IReadOnlyCollection<string> operations, bool isCommandLine = false, TargetOverride? target = null)
    {
        var files = new SettingsFiles(root, variable, operations, isCommandLine, target);
        var settings = files.Read();
        return settings is not null && files._errors.Count == 0 ? settings : throw new ConfigurationException(files._errors);
    }

    private Settings? Read()
    {
        var registry = _folder.Read(Registry, "dashboard.schema.json");
        var monitoring = _folder.Read(MonitoringFile, "monitoring.schema.json");
        var named = registry?["environments"] as JsonObject ?? [];
        var files = named.ToDictionary(entry => entry.Key, entry => _folder.Read($"migration.{entry.Key}.json", "migration.schema.json"), StringComparer.Ordinal);

        // From here on every file is there and has the shape that its schema asks for.
        if (registry is null || monitoring is null || _errors.Count > 0)
            return null;

        if (_target is not null && !named.ContainsKey(_target.Environment))
            _errors.Add($"variable DEPLOY_ENV: there is no environment '{_target.Environment}'; config/{Registry} has {string.Join(", ", named.Select(entry => entry.Key))}.");
        var mode = ReadMode(registry);
        var backups = new BackupSettingsReader(_root, _variable, mode, _isCommandLine, _errors, _warnings);
        var deployments = new DeploymentSettingsReader(_root, _variable, _isCommandLine, _errors);
        var copies = backups.ReadCopies(registry["copies"]?.AsArray() ?? []);
        return new Settings
        {
            Copies = copies,
            BackupKeys = backups.Keys,
            Warnings = _warnings,
            Files = _folder.Files,
            Mode = mode,
            Database = Text(registry, "database"),
            BackupDirectory = Path.GetFullPath(_variable("BACKUP_DIR") is { Length: > 0 } given ? given : Text(registry, "backupDirectory"), _root),
            Environments =
            [
                .. named.Select(entry => ReadEnvironment(
                    entry.Key,
                    entry.Value!.AsObject(),
                    mode,
                    deployments.Read(entry.Key, files[entry.Key]!, entry.Value.AsObject(), backups.ReadMigration(entry.Key, files[entry.Key]!, copies.Count)))),
            ],
            Fly = ReadFly(registry["fly"] as JsonObject),
            GitHub = ReadGitHub(registry["github"] as JsonObject),
            Access = new AccessSettingsReader(_variable, mode, _operations, [.. named.Select(entry => entry.Key)], _errors).Read(registry["access"] as JsonObject),
            Incidents = new IncidentSettingsReader(_errors).Read(registry["incidents"] as JsonObject),
            StatusPage = new StatusPageReader(_root, backups, _errors).Read(registry["statusPage"] as JsonObject),
            Schedule = [.. ReadSchedule(registry["schedule"]?.AsArray() ?? [], named)],
            HealthChecks = MonitoringReader.ReadHealthChecks(monitoring["healthChecks"]!.AsObject()),
            Monitoring = new MonitoringReader([.. named.Select(entry => entry.Key)], _errors, _warnings).Read(monitoring),
        };
    }

    private DashboardMode ReadMode(JsonObject registry)
    {
        var text = _variable("DASHBOARD_MODE") is { Length: > 0 } given ? given : Text(registry, "mode");
        // Parsing alone would take "7" and "local,fly" as well.
        if (Enum.GetNames<DashboardMode>().Contains(text, StringComparer.OrdinalIgnoreCase) && Enum.TryParse<DashboardMode>(text, ignoreCase: true, out var mode))
            return mode;
        _errors.Add($"variable DASHBOARD_MODE: '{text}' is neither local nor fly.");
        return default;
    }

    private EnvironmentSettings ReadEnvironment(string name, JsonObject entry, DashboardMode mode, MigrationSettings migration)
    {
        var variable = Text(entry, "connectionVariable");
        var target = _target?.Environment == name ? _target : null;
        var isNeeded = mode != DashboardMode.Local && (_target is null || target is { ConnectionString: null });
        if (isNeeded && string.IsNullOrWhiteSpace(_variable(variable)))
            _errors.Add($"config/{Registry}: environments.{name}.connectionVariable: the variable {variable} is not set; set it to the connection string of {name}'s MongoDB.");
        if (!Uri.TryCreate(Text(entry, "url"), UriKind.Absolute, out var url))
        {
            _errors.Add($"config/{Registry}: environments.{name}.url: '{Text(entry, "url")}' is not an absolute address.");
            url = new Uri("http://localhost");
        }

        return new EnvironmentSettings(
            name, Text(entry, "title"), url, Text(entry, "app"), target?.Database ?? Text(entry, "database"), variable, entry["localMachines"]?.GetValue<int>() ?? 1, migration)
        {
            MaintenanceSwitch = Enum.Parse<MaintenanceSwitch>(entry["maintenanceSwitch"]?.GetValue<string>() ?? nameof(MaintenanceSwitch.Database), ignoreCase: true),
            FlyConfig = ReadFlyConfig(name, entry, mode),
        };
    }

    private string? ReadFlyConfig(string name, JsonObject entry, DashboardMode mode)
    {
        if (entry["flyConfig"]?.GetValue<string>() is not { } given)
            return null;
        var path = Path.GetFullPath(given, _root);
        if (mode == DashboardMode.Fly && !File.Exists(path))
            _errors.Add($"config/{Registry}: environments.{name}.flyConfig: there is no file {path}.");
        return path;
    }

    private FlySettings ReadFly(JsonObject? section)
    {
        var defaults = new FlySettings();
        var program = section?["program"]?.GetValue<string>() ?? defaults.Program;
        var sum = section?["sha256"]?.GetValue<string>();
        // A bare name is looked for on the PATH; anything with a folder in it is a path of this project.
        var isPath = program.Contains('/', StringComparison.Ordinal);
        if (sum is not null && !isPath)
            _errors.Add($"config/{Registry}: fly.sha256: fly.program must be a path then, not '{program}', which any folder of the PATH could answer for.");
        return new FlySettings(isPath ? Path.GetFullPath(program, _root) : program, section?["tokenVariable"]?.GetValue<string>() ?? defaults.TokenVariable, sum);
    }

    private GitHubSettings ReadGitHub(JsonObject? section)
    {
        var defaults = new GitHubSettings();
        if (section?["repository"]?.GetValue<string>() is not { } repository)
            return defaults;
        var name = section["tokenVariable"]?.GetValue<string>() ?? defaults.TokenVariable;
        var token = _variable(name);
        if (string.IsNullOrWhiteSpace(token))
            _errors.Add($"config/{Registry}: github.tokenVariable: the variable {name} is not set; set it to a token that may write issues of {repository}, or remove the section.");
        else if (token.Any(sign => sign is <= ' ' or > '~'))
            _errors.Add($"config/{Registry}: github.tokenVariable: the variable {name} holds a blank or another sign that no token has; set it anew.");
        Uri? address = null;
        if (section["address"]?.GetValue<string>() is { } given && !Uri.TryCreate(given, UriKind.Absolute, out address))
            _errors.Add($"config/{Registry}: github.address: '{given}' is not an absolute address.");
        return defaults with { Repository = repository, TokenVariable = name, Token = token ?? string.Empty, Address = address };
    }

    private IEnumerable<ScheduleSettings> ReadSchedule(JsonArray entries, JsonObject environments)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < entries.Count; index++)
        {
            var entry = entries[index]!.AsObject();
            var at = $"config/{Registry}: schedule[{index}]";
            var (name, operation, environment) = (Text(entry, "name"), Text(entry, "operation"), Text(entry, "environment"));
            if (!names.Add(name))
                _errors.Add($"{at}.name: '{name}' is used twice.");
            if (!_operations.Contains(operation, StringComparer.Ordinal))
                _errors.Add($"{at}.operation: there is no operation '{operation}'; there are {string.Join(", ", _operations)}.");
            if (!environments.ContainsKey(environment))
                _errors.Add($"{at}.environment: there is no environment '{environment}'.");
            if (!CronExpression.TryParse(Text(entry, "cron"), out _))
                _errors.Add($"{at}.cron: '{Text(entry, "cron")}' is not a cron expression of five fields.");
            yield return new ScheduleSettings(
                name,
                Text(entry, "cron"),
                ReadTimeZone(entry, at),
                operation,
                environment,
                Text(entry, "reason"),
                entry["request"]?.ToJsonString() ?? "{}",
                entry["confirm"]?.GetValue<string>());
        }
    }

    private TimeZoneInfo ReadTimeZone(JsonObject entry, string at)
    {
        var id = entry["timeZone"]?.GetValue<string>() ?? "UTC";
        if (TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone))
            return zone;
        _errors.Add($"{at}.timeZone: this machine knows no time zone '{id}'.");
        return TimeZoneInfo.Utc;
    }

    private static string Text(JsonObject from, string key) => from[key]!.GetValue<string>();
}
