using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration.Report;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Configuration;

/// <summary>The repository's own <c>config/</c> is the baseline; each test makes something in a copy of it odd.</summary>
public sealed class ConfigurationAuditTests : ConfigCopy
{
    private static readonly string[] ReadElsewhere = ["dashboard.json", "monitoring.json"];

    [Fact]
    public void Shows_what_the_environments_have_side_by_side()
    {
        var report = Look();

        Assert.Equal(["staging", "production"], report.Environments);
        var timeout = Key(report, "deployment.healthCheckTimeout");
        Assert.Equal(["60000", "120000"], timeout.Values);
        Assert.False(timeout.IsSame);
        Assert.Equal([null, "tuesday, wednesday, thursday"], Key(report, "maintenance.allowedDeploymentDays").Values);
        Assert.True(Key(report, "migrations.collectionName").IsSame);
        Assert.Equal(["0.05", "0.01"], Key(report, "thresholds.errorRate").Values);
        Assert.Equal(["dnd-tracker-staging", "dnd-tracker"], Key(report, "database").Values);
        Assert.Equal(report.Compared.Count(key => !key.IsSame), report.Different);
        Assert.Equal("local", report.Shared.Single(key => key is { File: "dashboard.json", Key: "mode" }).Value);
        Assert.DoesNotContain(report.Shared, key => key.Key.StartsWith("environments", StringComparison.Ordinal) || key.Key == "$schema");
    }

    [Fact]
    public void Says_of_what_nothing_comes()
    {
        var report = Look();

        Assert.Equal(
            [
                "database.connectionPoolSize", "database.queryTimeout", "database.retries", "performance.criticalThresholds.connectionTime", "performance.maxConnectionTime",
                "performance.maxQueryTime", "performance.warningThresholds.connectionTime",
            ],
            report.Compared.Where(key => key.IsIgnored).Select(key => key.Key).Order(StringComparer.Ordinal));
        Assert.All(report.Shared.Where(key => key.IsIgnored), key => Assert.StartsWith("metrics.export.destinations[0]", key.Key, StringComparison.Ordinal));
        Assert.All(report.Compared.Where(key => key.IsIgnored), key => Assert.StartsWith("Not obeyed: ", key.Note, StringComparison.Ordinal));
        Assert.Contains("Always on", Key(report, "security.auditLogging").Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Finds_nothing_odd_that_the_start_does_not_warn_of() => Assert.Equal(Load().Warnings, Look().Findings);

    [Fact]
    public void Says_when_a_restart_is_due()
    {
        var audit = Audit();
        Change("monitoring.json", "healthChecks.retries", "4");
        File.Delete(PathOf("migration.staging.json"));

        var report = audit.Look();

        Assert.Contains("config/monitoring.json was changed since it was read: restart the dashboard so that it obeys.", report.Findings);
        Assert.Contains("config/migration.staging.json is gone since it was read: the next start would be refused. Put it back.", report.Findings);
        Assert.Equal([FileChange.None, FileChange.Changed, FileChange.Gone, FileChange.None], report.Files.Select(file => file.Change));
    }

    [Fact]
    public void Shows_no_secret_and_says_that_one_stands_in_a_file()
    {
        Change("monitoring.json", "environments.production.channels", """
            [{ "type": "webhook", "enabled": true, "config": { "url": "https://hooks.test/x", "secret": "sparrow-two", "timeout": 10 } },
             { "type": "slack", "enabled": true, "config": { "webhook": "${SLACK_WEBHOOK_URL}" } }]
            """);
        Change("dashboard.json", "environments.production.url", "\"https://name:sparrow-one@tracker.test\"");
        Variables["SLACK_WEBHOOK_URL"] = "https://hooks.test/sparrow-three";

        var report = Look();

        Assert.DoesNotContain("sparrow", JsonSerializer.Serialize(report), StringComparison.Ordinal);
        Assert.Equal("${SLACK_WEBHOOK_URL}", Key(report, "channels[1].config.webhook").Values[1]);
        Assert.Equal("hidden", Key(report, "channels[0].config.secret").Values[1]);
        Assert.Contains("config/monitoring.json: environments.production.channels[0].config.secret: a secret stands in the file; put it into a variable and write ${NAME} here.", report.Findings);
        Assert.Contains(report.Findings, finding => finding.StartsWith("config/dashboard.json: environments.production.url: a secret", StringComparison.Ordinal));
        Assert.True(report.Variables.Single(variable => variable.Name == "SLACK_WEBHOOK_URL").IsSet);
    }

    [Fact]
    public void Lists_the_variables_that_the_files_name_and_whether_they_are_set()
    {
        Variables["PRODUCTION_MONGODB_URI"] = "mongodb://name:canary@somewhere";

        var report = Look();

        Assert.Equal((true, "dashboard.json: environments.production.connectionVariable"), Variable("PRODUCTION_MONGODB_URI"));
        Assert.Equal((false, "dashboard.json: environments.staging.connectionVariable"), Variable("STAGING_MONGODB_URI"));
        Assert.Equal((false, "overrides mode"), Variable("DASHBOARD_MODE"));
        // Their sections are switched off.
        Assert.DoesNotContain(report.Variables, variable => variable.Name is "METRICS_S3_BUCKET" or "PAGERDUTY_INTEGRATION_KEY");

        (bool, string) Variable(string name) => report.Variables.Where(variable => variable.Name == name).Select(variable => (variable.IsSet, Assert.Single(variable.For))).Single();
    }

    [Fact]
    public void Says_when_a_label_or_a_switch_does_not_mean_what_it_says()
    {
        Change("migration.staging.json", "deployment.environment", "\"production\"");
        Change("migration.production.json", "security.auditLogging", "false");

        var findings = Look().Findings;

        Assert.Contains("config/migration.staging.json: deployment.environment says 'production'; the file is obeyed for staging.", findings);
        Assert.Contains("config/migration.production.json: security.auditLogging says false, and is done nevertheless.", findings);
    }

    [Fact]
    public void Has_a_note_for_every_key_that_no_code_reads()
    {
        var code = string.Concat(Directory.EnumerateFiles(Path.Combine(Sources.Root, "src"), "*.cs", SearchOption.AllDirectories).Where(file => !file.EndsWith("KeyNotes.cs", StringComparison.Ordinal)).Select(File.ReadAllText));
        var unread = Directory.EnumerateFiles(Path.Combine(Sources.Root, "config", "schemas"))
            .SelectMany(file => Keys(JsonNode.Parse(File.ReadAllText(file))!, string.Empty).Select(key => (File: Path.GetFileName(file).Replace(".schema", ReadElsewhere.Contains(Path.GetFileName(file).Replace(".schema", "", StringComparison.Ordinal)) ? "" : ".any", StringComparison.Ordinal), Key: key)))
            .Where(found => !code.Contains($"\"{found.Key[(found.Key.LastIndexOf('.') + 1)..]}\"", StringComparison.Ordinal))
            .Where(found => KeyNotes.Of(found.File, found.Key) is null);

        Assert.Empty(unread);
    }

    private static IEnumerable<string> Keys(JsonNode schema, string at) => (schema["properties"] as JsonObject ?? []).Where(property => property.Key != "$schema")
        .SelectMany(property => Keys(property.Value!, at.Length == 0 ? property.Key : $"{at}.{property.Key}").DefaultIfEmpty(at.Length == 0 ? property.Key : $"{at}.{property.Key}"));

    private static ComparedKey Key(ConfigurationReport report, string key) => report.Compared.Single(found => found.Key == key);

    private ConfigurationReport Look() => Audit().Look();

    private ConfigurationAudit Audit() => new(Load(), name => Variables.TryGetValue(name, out var value) ? value : null, Path.Combine(Root.FullName, "config"), DateTimeOffset.UnixEpoch);
}
