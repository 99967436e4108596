using System.Text.Json.Nodes;
using Dashboard.Operations.Configuration;
using Dashboard.Testing.Faults;

namespace Dashboard.Operations.Tests.Configuration;

/// <summary>What of <c>config/</c> and of the environment's variables concerns backups.</summary>
public sealed class BackupSettingsTests : ConfigCopy
{
    private static readonly string Key = Convert.ToBase64String(new byte[32]);

    [Fact]
    public void Obeys_each_environments_own_file()
    {
        var staging = Of("staging", Load());
        var production = Of("production", Load());

        Assert.Equal((true, true, true, 7.0, 1, false), (staging.BackupEnabled, staging.BackupCompression, staging.BackupVerifyIntegrity, staging.BackupRetention.TotalDays, staging.RedundantBackups, staging.OffSiteBackup));
        Assert.Equal((30.0, 2, true, 26.0, 15.0), (production.BackupRetention.TotalDays, production.RedundantBackups, production.OffSiteBackup, production.MaxProvenAge.TotalHours, production.MaxRestoreTime.TotalMinutes));
        Assert.Equal([("second-folder", Path.Combine(Root.FullName, ".local/backup-copies"))], Load().Copies.Select(place => (place.Name, place.Directory ?? string.Empty)));
    }

    [Theory]
    [InlineData("enabled", "false")]
    [InlineData("compression", "false")]
    [InlineData("verifyIntegrity", "false")]
    public void Switches_off_what_is_switched_off(string key, string value)
    {
        Change("migration.staging.json", file => file["backup"]![key] = JsonNode.Parse(value));

        var settings = Of("staging", Load());

        Assert.Equal((key != "enabled", key != "compression", key != "verifyIntegrity"), (settings.BackupEnabled, settings.BackupCompression, settings.BackupVerifyIntegrity));
    }

    [Fact]
    public void Lets_the_scriptsVariables_override_the_files_for_one_command_and_not_for_a_server()
    {
        Variables["BACKUP_RETENTION_DAYS"] = "3";
        Variables["BACKUP_COMPRESS"] = "false";
        Variables["BACKUP_VERIFY"] = "FALSE";

        var command = Of("production", Load(isCommandLine: true));
        var server = Of("production", Load());

        Assert.Equal((3.0, false, false), (command.BackupRetention.TotalDays, command.BackupCompression, command.BackupVerifyIntegrity));
        Assert.Equal((30.0, true, true), (server.BackupRetention.TotalDays, server.BackupCompression, server.BackupVerifyIntegrity));
    }

    [Theory]
    [InlineData("BACKUP_RETENTION_DAYS", "0", "variable BACKUP_RETENTION_DAYS: '0' is not a number of days from 1 on.")]
    [InlineData("BACKUP_RETENTION_DAYS", "a week", "variable BACKUP_RETENTION_DAYS: 'a week' is not a number of days from 1 on.")]
    [InlineData("BACKUP_COMPRESS", "yes", "variable BACKUP_COMPRESS: 'yes' is neither true nor false.")]
    [InlineData("BACKUP_VERIFY", "1", "variable BACKUP_VERIFY: '1' is neither true nor false.")]
    public void Takes_no_slip_of_the_pen_for_an_answer(string variable, string value, string error)
    {
        Variables[variable] = value;

        Assert.Equal([error], Errors(isCommandLine: true));
    }

    [Fact]
    public void Refuses_to_start_without_the_key_that_encryption_needs_and_names_the_variable()
    {
        Variables["DASHBOARD_MODE"] = "fly";
        Variables["STAGING_MONGODB_URI"] = Variables["PRODUCTION_MONGODB_URI"] = "mongodb://somewhere";

        Assert.Equal(
            ["config/migration.production.json: security.encryptBackups: the variable BACKUP_ENCRYPTION_KEY is not set; set it to base64 of 32 bytes ('openssl rand -base64 32')."],
            Errors());
        Variables["BACKUP_ENCRYPTION_KEY"] = Key;
        Assert.Equal((true, false), (Of("production", Load()).EncryptBackups, Of("production", Load()).IsEncryptionMissing));
    }

    [Fact]
    public void Warns_in_local_mode_and_goes_on_without_encryption()
    {
        var settings = Load();

        Assert.Equal((false, true), (Of("production", settings).EncryptBackups, Of("production", settings).IsEncryptionMissing));
        Assert.EndsWith("Until then backups of production are not encrypted.", Assert.Single(settings.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_a_wrong_key_without_showing_it()
    {
        Variables["BACKUP_ENCRYPTION_KEY"] = "not-a-key-but-secret";
        Variables["BACKUP_ENCRYPTION_OLD_KEYS"] = $"{Key}, wrong-old-secret";

        var errors = Errors();

        Assert.Equal(["variable BACKUP_ENCRYPTION_KEY: ", "variable BACKUP_ENCRYPTION_OLD_KEYS: "], errors.Select(error => error[..(error.IndexOf(": ", StringComparison.Ordinal) + 2)]).Order(StringComparer.Ordinal));
        Invariants.NoSecretIn([("the errors", string.Join('\n', errors))], "not-a-key-but-secret", "wrong-old-secret", Key);
    }

    [Fact]
    public void Reads_a_bucket_and_looks_its_credentials_up_by_name()
    {
        Change("dashboard.json", file => file["copies"] = JsonNode.Parse("""[{"name":"bucket","s3":{"bucket":"b","prefix":"/a/","endpoint":"http://localhost:9000","secretKeyVariable":"MY_SECRET"}}]"""));
        Assert.Equal(
            [
                "config/dashboard.json: copies[0].s3.accessKeyVariable: the variable AWS_ACCESS_KEY_ID is not set.",
                "config/dashboard.json: copies[0].s3.secretKeyVariable: the variable MY_SECRET is not set.",
            ],
            Errors());
        Variables["AWS_ACCESS_KEY_ID"] = "an-access-key";
        Variables["MY_SECRET"] = "a-secret-key";

        var settings = Load();

        var bucket = Assert.Single(settings.Copies).Bucket!;
        Assert.Equal(("b", "a/", "us-east-1", "http://localhost:9000/", "an-access-key", "a-secret-key"), (bucket.Bucket, bucket.Prefix, bucket.Region, bucket.Endpoint?.ToString(), bucket.AccessKey(), bucket.SecretKey()));
        Invariants.NoSecretIn([("the settings", settings.ToString()), ("the bucket", bucket.ToString())], "an-access-key", "a-secret-key");
    }

    [Theory]
    [InlineData("""[{"name":"a"}]""", "config/dashboard.json: copies[0]: say either directory or s3.")]
    [InlineData("""[{"name":"a","directory":"x","s3":{"bucket":"b","accessKeyVariable":"K","secretKeyVariable":"K"}}]""", "config/dashboard.json: copies[0]: say either directory or s3.")]
    [InlineData("""[{"name":"a","directory":"x"},{"name":"a","directory":"y"}]""", "config/dashboard.json: copies[1].name: 'a' is used twice.")]
    [InlineData("""[{"name":"a","s3":{"bucket":"b","endpoint":"http://","accessKeyVariable":"K","secretKeyVariable":"K"}}]""", "config/dashboard.json: copies[0].s3.endpoint: 'http://' is not an absolute address.")]
    public void Names_what_is_wrong_with_a_place(string copies, string error)
    {
        Variables["K"] = "something";
        Change("dashboard.json", file => file["copies"] = JsonNode.Parse(copies));

        Assert.Equal([error], Errors());
    }

    [Fact]
    public void Warns_when_more_copies_are_asked_for_than_there_are_places()
    {
        Change("dashboard.json", file => file["copies"] = new JsonArray());
        Variables["BACKUP_ENCRYPTION_KEY"] = Key;

        Assert.Equal(
            ["config/migration.production.json: backup.redundantBackups and offSiteBackup ask for more copies than config/dashboard.json has places for (0 in 'copies')."],
            Load().Warnings);
    }

    private static MigrationSettings Of(string environment, Settings settings) => settings.Environments.Single(each => each.Name == environment).Settings;
}
