using System.Globalization;
using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;

namespace Dashboard.Operations.Configuration;

/// <summary>Reads what concerns backups: keys from the environment, places for copies, each environment's own file, and the variables that override it.</summary>
internal sealed class BackupSettingsReader
{
    private const string DefaultAccessKey = "AWS_ACCESS_KEY_ID";
    private const string DefaultSecretKey = "AWS_SECRET_ACCESS_KEY";
    private readonly string _root;
    private readonly Func<string, string?> _variable;
    private readonly DashboardMode _mode;
    private readonly bool _isCommandLine;
    private readonly List<string> _errors;
    private readonly List<string> _warnings;

    public BackupSettingsReader(string root, Func<string, string?> variable, DashboardMode mode, bool isCommandLine, List<string> errors, List<string> warnings)
    {
        _root = root;
        _variable = variable;
        _mode = mode;
        _isCommandLine = isCommandLine;
        _errors = errors;
        _warnings = warnings;
        Keys = BackupKeys.Read(variable, errors);
    }

    public BackupKeys Keys { get; }

    public IReadOnlyList<CopyPlaceSettings> ReadCopies(JsonArray entries)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var places = new List<CopyPlaceSettings>();
        for (var index = 0; index < entries.Count; index++)
        {
            var entry = entries[index]!.AsObject();
            var at = $"config/dashboard.json: copies[{index}]";
            var name = entry["name"]!.GetValue<string>();
            if (!names.Add(name))
                _errors.Add($"{at}.name: '{name}' is used twice.");
            var directory = entry["directory"]?.GetValue<string>();
            var bucket = entry["s3"] as JsonObject;
            if (directory is null == bucket is null)
                _errors.Add($"{at}: say either directory or s3.");
            places.Add(new CopyPlaceSettings(name, directory is null ? null : Path.GetFullPath(directory, _root), bucket is null ? null : ReadBucket(bucket, at)));
        }

        return places;
    }

    public MigrationSettings ReadMigration(string environment, JsonObject file, int places)
    {
        var defaults = new MigrationSettings();
        var backup = file["backup"] as JsonObject;
        var wantsEncryption = file["security"]?["encryptBackups"]?.GetValue<bool>() ?? false;
        CheckEncryption(environment, wantsEncryption);
        var redundant = Math.Max(1, backup?["redundantBackups"]?.GetValue<int>() ?? defaults.RedundantBackups);
        var isOffSite = backup?["offSiteBackup"]?.GetValue<bool>() ?? defaults.OffSiteBackup;
        if (Math.Max(redundant - 1, isOffSite ? 1 : 0) > places)
            _warnings.Add($"config/migration.{environment}.json: backup.redundantBackups and offSiteBackup ask for more copies than config/dashboard.json has places for ({places} in 'copies').");
        return new MigrationSettings
        {
            BackupEnabled = Flag(backup, "enabled") ?? defaults.BackupEnabled,
            BackupCompression = Override("BACKUP_COMPRESS") ?? Flag(backup, "compression") ?? defaults.BackupCompression,
            BackupVerifyIntegrity = Override("BACKUP_VERIFY") ?? Flag(backup, "verifyIntegrity") ?? defaults.BackupVerifyIntegrity,
            EncryptBackups = wantsEncryption && Keys.Current is not null,
            IsEncryptionMissing = wantsEncryption && Keys.Current is null,
            BackupRetention = OverrideDays() ?? Days(backup, "retentionDays") ?? defaults.BackupRetention,
            SafetyRetention = Days(backup, "safetyRetentionDays") ?? defaults.SafetyRetention,
            BackupKeepBefore = backup?["keepBeforeHours"] is { } kept ? TimeSpan.FromHours(kept.GetValue<int>()) : defaults.BackupKeepBefore,
            RedundantBackups = redundant,
            OffSiteBackup = isOffSite,
            MaxProvenAge = backup?["maxProvenAgeHours"] is { } hours ? TimeSpan.FromHours(hours.GetValue<int>()) : defaults.MaxProvenAge,
            MaxRestoreTime = backup?["maxRestoreMinutes"] is { } minutes ? TimeSpan.FromMinutes(minutes.GetValue<int>()) : defaults.MaxRestoreTime,
            ConnectionTimeout = Milliseconds(file["database"]?["connectionTimeout"]) ?? defaults.ConnectionTimeout,
            QueryWarning = Milliseconds(file["performance"]?["warningThresholds"]?["queryTime"]) ?? defaults.QueryWarning,
            QueryCritical = Milliseconds(file["performance"]?["criticalThresholds"]?["queryTime"]),
        };
    }

    private void CheckEncryption(string environment, bool isWanted)
    {
        if (!isWanted || Keys.Current is not null)
            return;
        var sentence = $"config/migration.{environment}.json: security.encryptBackups: the variable {BackupKeys.KeyVariable} is not set; set it to base64 of 32 bytes ('openssl rand -base64 32').";
        if (_mode == DashboardMode.Local)
            _warnings.Add($"{sentence} Until then backups of {environment} are not encrypted.");
        else
            _errors.Add(sentence);
    }

    /// <param name="at">What holds its <c>s3</c> section.</param>
    public BucketSettings ReadBucket(JsonObject bucket, string at)
    {
        var prefix = bucket["prefix"]?.GetValue<string>().Trim('/') ?? string.Empty;
        Uri? endpoint = null;
        if (bucket["endpoint"]?.GetValue<string>() is { } address && !Uri.TryCreate(address, UriKind.Absolute, out endpoint))
            _errors.Add($"{at}.s3.endpoint: '{address}' is not an absolute address.");
        return new BucketSettings(
            bucket["bucket"]!.GetValue<string>(),
            prefix.Length == 0 ? string.Empty : prefix + "/",
            bucket["region"]?.GetValue<string>() ?? "us-east-1",
            endpoint,
            Credential(bucket["accessKeyVariable"]?.GetValue<string>() ?? DefaultAccessKey, $"{at}.s3.accessKeyVariable"),
            Credential(bucket["secretKeyVariable"]?.GetValue<string>() ?? DefaultSecretKey, $"{at}.s3.secretKeyVariable"));
    }

    private Func<string> Credential(string name, string at)
    {
        if (string.IsNullOrWhiteSpace(_variable(name)))
            _errors.Add($"{at}: the variable {name} is not set.");
        return () => _variable(name) ?? string.Empty;
    }

    /// <summary>The runbook's scripts know true and everything else; here a slip of the pen is an error.</summary>
    private bool? Override(string name)
    {
        if (!_isCommandLine || _variable(name) is not { Length: > 0 } text)
            return null;
        if (bool.TryParse(text, out var flag))
            return flag;
        AddOnce($"variable {name}: '{text}' is neither true nor false.");
        return null;
    }

    private TimeSpan? OverrideDays()
    {
        const string Name = "BACKUP_RETENTION_DAYS";
        if (!_isCommandLine || _variable(Name) is not { Length: > 0 } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= 36_500)
            return TimeSpan.FromDays(days);
        AddOnce($"variable {Name}: '{text}' is not a number of days from 1 on.");
        return null;
    }

    private void AddOnce(string error)
    {
        if (!_errors.Contains(error, StringComparer.Ordinal))
            _errors.Add(error);
    }

    private static bool? Flag(JsonObject? section, string key) => section?[key]?.GetValue<bool>();

    private static TimeSpan? Days(JsonObject? section, string key) => section?[key] is { } days ? TimeSpan.FromDays(days.GetValue<int>()) : null;

    private static TimeSpan? Milliseconds(JsonNode? node) => node is null ? null : TimeSpan.FromMilliseconds(node.GetValue<int>());
}
