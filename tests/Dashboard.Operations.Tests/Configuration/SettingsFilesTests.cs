using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Configuration;

/// <summary>The repository's own <c>config/</c> is the valid baseline; each test breaks something in a copy of it.</summary>
public sealed class SettingsFilesTests : ConfigCopy
{
    private const string Says = "(config/schemas/dashboard.schema.json says what is allowed).";

    [Fact]
    public void Reads_the_repositorys_own_files()
    {
        var settings = Load();

        Assert.Equal((DashboardMode.Local, "dashboard"), (settings.Mode, settings.Database));
        Assert.Equal(Path.Combine(Root.FullName, ".local/backups"), settings.BackupDirectory);
        Assert.Equal([("staging", 1, "dnd-tracker-staging"), ("production", 2, "dnd-tracker")], settings.Environments.Select(each => (each.Name, each.LocalMachines, each.Database)));
        Assert.Equal(TimeSpan.FromSeconds(30), settings.Environments[0].Settings.ConnectionTimeout);
        Assert.Equal(
            ["nightly-backup", "weekly-staging-backup", "nightly-proof", "weekly-staging-proof", "daily-reading", "daily-staging-reading", "daily-pruning", "daily-staging-pruning", "weekly-summary"],
            settings.Schedule.Select(entry => entry.Name).ToArray());
        Assert.Equal(["/api/health", "/api/health/database", "/api/health/migrations"], settings.HealthChecks.Endpoints.ToArray());
    }

    [Fact]
    public void LetsVariables_override_mode_and_backup_folder()
    {
        Variables["DASHBOARD_MODE"] = "fly";
        Variables["BACKUP_DIR"] = "/srv/backups";
        Variables["STAGING_MONGODB_URI"] = "mongodb://somewhere";
        Variables["PRODUCTION_MONGODB_URI"] = "mongodb://elsewhere";
        Variables["BACKUP_ENCRYPTION_KEY"] = Convert.ToBase64String(new byte[32]);

        var settings = Load();

        Assert.Equal((DashboardMode.Fly, "/srv/backups"), (settings.Mode, settings.BackupDirectory));
    }

    [Fact]
    public void Reads_how_fly_io_is_operated()
    {
        Assert.Equal(new FlySettings("flyctl", "FLY_API_TOKEN"), Load().Fly);

        File.WriteAllText(Path.Combine(Root.FullName, "staging.toml"), "app = 'x'");
        Change("dashboard.json", "fly", """{ "program": "tools/flyctl", "tokenVariable": "OUR_TOKEN" }""");
        Change("dashboard.json", "environments.staging.flyConfig", "\"staging.toml\"");
        var settings = Load();

        Assert.Equal(new FlySettings(Path.Combine(Root.FullName, "tools/flyctl"), "OUR_TOKEN"), settings.Fly);
        Assert.Equal(Path.Combine(Root.FullName, "staging.toml"), settings.Environments[0].FlyConfig);
        Assert.Null(settings.Environments[1].FlyConfig);
    }

    [Theory]
    [InlineData("tools/flyctl", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", null)]
    [InlineData("flyctl", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "config/dashboard.json: fly.sha256: fly.program must be a path then, not 'flyctl', which any folder of the PATH could answer for.")]
    [InlineData("tools/flyctl", "0123", "config/dashboard.json: fly.sha256: ")]
    public void Takes_the_sum_of_flyctl_only_with_a_path(string program, string sum, string? error)
    {
        Change("dashboard.json", "fly", $$"""{ "program": "{{program}}", "sha256": "{{sum}}" }""");

        if (error is null)
            Assert.Equal(sum, Load().Fly.Sha256);
        else
            Assert.StartsWith(error, Assert.Single(Errors()), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_fly_config_that_is_not_there()
    {
        Variables["DASHBOARD_MODE"] = "fly";
        Variables["STAGING_MONGODB_URI"] = "mongodb://somewhere";
        Variables["PRODUCTION_MONGODB_URI"] = "mongodb://elsewhere";
        Variables["BACKUP_ENCRYPTION_KEY"] = Convert.ToBase64String(new byte[32]);
        Change("dashboard.json", "environments.staging.flyConfig", "\"nowhere.toml\"");

        Assert.Contains(Errors(), error => error.StartsWith("config/dashboard.json: environments.staging.flyConfig: there is no file ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mode", "\"cloud\"", "config/dashboard.json: mode: not in enumeration " + Says)]
    [InlineData("mode", null, "config/dashboard.json: mode: property required " + Says)]
    [InlineData("database", "\"\"", "config/dashboard.json: database: string too short " + Says)]
    [InlineData("database", "7", "config/dashboard.json: database: string expected " + Says)]
    [InlineData("backupDirectory", null, "config/dashboard.json: backupDirectory: property required " + Says)]
    [InlineData("colour", "\"red\"", "config/dashboard.json: colour: no additional properties allowed " + Says)]
    [InlineData("environments", "{}", "config/dashboard.json: environments: too few properties " + Says)]
    [InlineData("environments.staging.url", "\"ftp://x\"", "config/dashboard.json: environments.staging.url: pattern mismatch " + Says)]
    [InlineData("environments.staging.url", "\"http://\"", "config/dashboard.json: environments.staging.url: 'http://' is not an absolute address.")]
    [InlineData("environments.staging.localMachines", "0", "config/dashboard.json: environments.staging.localMachines: number too small " + Says)]
    [InlineData("environments.staging.connectionVariable", "\"staging uri\"", "config/dashboard.json: environments.staging.connectionVariable: pattern mismatch " + Says)]
    [InlineData("schedule.0.operation", "\"make-coffee\"", "config/dashboard.json: schedule[0].operation: there is no operation 'make-coffee'; there are create-backup, check-health, prune-backups, verify-backup, send-weekly-summary.")]
    [InlineData("schedule.0.environment", "\"moon\"", "config/dashboard.json: schedule[0].environment: there is no environment 'moon'.")]
    [InlineData("schedule.0.cron", "\"every day\"", "config/dashboard.json: schedule[0].cron: 'every day' is not a cron expression of five fields.")]
    [InlineData("schedule.0.timeZone", "\"Mars/Olympus\"", "config/dashboard.json: schedule[0].timeZone: this machine knows no time zone 'Mars/Olympus'.")]
    [InlineData("schedule.1.name", "\"nightly-backup\"", "config/dashboard.json: schedule[1].name: 'nightly-backup' is used twice.")]
    public void Names_file_and_key_of_what_is_wrong(string key, string? value, string error)
    {
        Change("dashboard.json", key, value);

        Assert.Equal([error], Errors());
    }

    [Theory]
    [InlineData("migration.staging.json", "backup.enabled", "\"yes\"", "config/migration.staging.json: backup.enabled: boolean expected (config/schemas/migration.schema.json says what is allowed).")]
    [InlineData("migration.production.json", "database.connectionTimeout", "0", "config/migration.production.json: database.connectionTimeout: number too small (config/schemas/migration.schema.json says what is allowed).")]
    [InlineData("monitoring.json", "healthChecks.endpoints", "[]", "config/monitoring.json: healthChecks.endpoints: too few items (config/schemas/monitoring.schema.json says what is allowed).")]
    [InlineData("monitoring.json", "healthChecks.endpoints.0", "\"health\"", "config/monitoring.json: healthChecks.endpoints[0]: pattern mismatch (config/schemas/monitoring.schema.json says what is allowed).")]
    public void Checks_the_other_files_too(string file, string key, string value, string error)
    {
        Change(file, key, value);

        Assert.Equal([error], Errors());
    }

    [Fact]
    public void Collects_every_error_of_every_file()
    {
        Change("dashboard.json", "schedule.0.operation", "\"make-coffee\"");
        Change("dashboard.json", "schedule.0.cron", "\"never\"");
        Change("dashboard.json", "schedule.1.environment", "\"moon\"");
        Variables["DASHBOARD_MODE"] = "cloud";

        var errors = Errors();

        Assert.Equal(4, errors.Length);
        var shown = Assert.Throws<ConfigurationException>(() => Load()).Message;
        Assert.StartsWith("The configuration has 4 errors:", shown, StringComparison.Ordinal);
        Assert.All(errors, error => Assert.Contains(error, shown, StringComparison.Ordinal));
    }

    [Fact]
    public void Reads_on_in_the_other_files_when_one_is_wrong()
    {
        Change("migration.staging.json", "backup.enabled", "1");
        Change("monitoring.json", "healthChecks.retries", "\"two\"");
        File.Delete(PathOf("migration.production.json"));

        Assert.Equal(3, Errors().Length);
        Assert.Contains("config/migration.production.json: the file is missing.", Errors());
    }

    [Theory]
    [InlineData("", "config/dashboard.json: line 1 is not JSON")]
    [InlineData("{\n  \"mode\": \"local\",\n  oops\n}", "config/dashboard.json: line 3 is not JSON")]
    [InlineData("[]", "config/dashboard.json: the file does not hold a JSON object.")]
    [InlineData("null", "config/dashboard.json: the file does not hold a JSON object.")]
    [InlineData("{\"mode\": \"local\", \"mode\": \"fly\"}", "config/dashboard.json: ")]
    public void Says_where_a_file_is_no_json(string content, string error)
    {
        File.WriteAllText(PathOf("dashboard.json"), content);

        Assert.StartsWith(error, Assert.Single(Errors()), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_variable_that_is_missing_but_not_in_a_section_that_is_off()
    {
        Change("monitoring.json", "environments.staging.channels.0.enabled", "true");

        Assert.Equal(
            ["config/monitoring.json: environments.staging.channels[0].config.webhook: the variable SLACK_WEBHOOK_URL is not set; set it, or switch the section off with \"enabled\": false."],
            Errors());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("7")]
    [InlineData("local,fly")]
    [InlineData("cloud")]
    public void Takes_only_the_two_words_for_the_mode(string mode)
    {
        Variables["DASHBOARD_MODE"] = mode;

        Assert.Equal([$"variable DASHBOARD_MODE: '{mode}' is neither local nor fly."], Errors());
    }

    [Fact]
    public void Wants_the_connection_of_every_environment_outside_local_mode()
    {
        Variables["DASHBOARD_MODE"] = "fly";
        Variables["STAGING_MONGODB_URI"] = "mongodb://somewhere";
        Variables["BACKUP_ENCRYPTION_KEY"] = Convert.ToBase64String(new byte[32]);

        Assert.Equal(
            ["config/dashboard.json: environments.production.connectionVariable: the variable PRODUCTION_MONGODB_URI is not set; set it to the connection string of production's MongoDB."],
            Errors());
    }

    /// <summary>Whatever stands in any place of any file, the answer is settings or errors that name the file, never a crash.</summary>
    [Theory]
    [InlineData("dashboard.json")]
    [InlineData("migration.staging.json")]
    [InlineData("monitoring.json")]
    public void Never_crashes_on_any_value_in_any_place(string file)
    {
        var original = File.ReadAllText(PathOf(file));
        string?[] likely = [null, "null", "99999999999", "\"x\"", "\"\\ud800\""];
        string?[] values = FaultCounts.IsFull
            ? [.. likely, "true", "-1", "0", "1.0", "1.5", "1e30", "\"\"", "\"${\"", "\"${NOT_SET}\"", "[]", "{}", "[null]"]
            : likely;
        foreach (var key in Keys(JsonNode.Parse(original)!, string.Empty))
        {
            foreach (var value in values)
            {
                File.WriteAllText(PathOf(file), original);
                Change(file, key, value);
                var problem = Record.Exception(() => Load());
                Assert.True(
                    problem is null or ConfigurationException { Errors.Count: > 0 }, $"{file}: {key} = {value ?? "(nothing)"}: {problem}");
                if (problem is ConfigurationException { Errors: var errors })
                    Assert.All(errors, error => Assert.StartsWith("config/", error, StringComparison.Ordinal));
            }
        }
    }

    private static IEnumerable<string> Keys(JsonNode node, string at)
    {
        var children = node switch
        {
            JsonObject section => section.Select(child => (child.Key, child.Value)),
            JsonArray list => list.Select((child, index) => ($"{index}", child)),
            _ => [],
        };
        foreach (var (key, child) in children)
        {
            var path = at.Length == 0 ? key : $"{at}.{key}";
            yield return path;
            if (child is null)
                continue;
            foreach (var deeper in Keys(child, path))
                yield return deeper;
        }
    }
}
