using System.Diagnostics;
using Dashboard.Operations.Backups;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.EndToEnd.Tests;

/// <summary>The runbook's scripts as the runbook calls them, with no dashboard running and no terminal.</summary>
public sealed class ScriptTests(MongoFixture mongo, InstalledScripts installed) : IClassFixture<InstalledScripts>, IAsyncLifetime
{
    private readonly ProductFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _folder.Production.Documents("users").InsertManyAsync(Enumerable.Range(0, 50).Select(number => new BsonDocument { ["_id"] = number, ["name"] = $"User {number}" }), cancellationToken: Token);
        await _folder.Staging.Documents("users").InsertOneAsync(new BsonDocument { ["_id"] = 0, ["name"] = "Only one" }, cancellationToken: Token);
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Backs_up_and_ends_with_the_path_of_a_whole_archive()
    {
        var (exitCode, output, _) = await RunAsync("backup-database", ("DEPLOY_ENV", "production"));

        Assert.Equal(0, exitCode);
        var path = output.TrimEnd().Split('\n')[^1];
        Assert.StartsWith("BACKUP_PATH=", path, StringComparison.Ordinal);
        var archive = path["BACKUP_PATH=".Length..];
        Assert.Equal(archive, File.ResolveLinkTarget(Path.Combine(_folder.Backups, "backup-production-latest.gz"), returnFinalTarget: true)?.FullName);
        var manifest = Assert.Single(new BackupFolder(_folder.Backups).List("production"));
        Assert.Equal((Path.GetFileName(archive), 50), (manifest.Archive, manifest.Documents));
    }

    [Fact]
    public async Task Takes_staging_when_no_environment_is_said_and_obeys_each_variable_before_the_configuration()
    {
        var elsewhere = Path.Combine(_folder.Path, "elsewhere");

        var (exitCode, output, _) = await RunAsync("backup-database", ("BACKUP_DIR", elsewhere), ("BACKUP_COMPRESS", "false"), ("MONGODB_DB_NAME", _folder.Production.Name));

        Assert.Equal(0, exitCode);
        var manifest = Assert.Single(new BackupFolder(elsewhere).List("staging"));
        Assert.Equal((_folder.Production.Name, 50, false), (manifest.Database, manifest.Documents, manifest.Archive.EndsWith(".gz", StringComparison.Ordinal)));
        Assert.Contains($"BACKUP_PATH={Path.Combine(elsewhere, manifest.Archive)}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_the_whole_archive_in_a_dry_run_without_any_server()
    {
        await RunAsync("backup-database", ("DEPLOY_ENV", "production"));
        var archive = Path.Combine(_folder.Backups, "backup-production-latest.gz");

        var (whole, report, _) = await RunAsync("restore-database", ("RESTORE_DRY_RUN", "true"), ("BACKUP_PATH", archive), ("MONGODB_URI", "mongodb://127.0.0.1:1/"));
        Assert.Equal(0, whole);
        Assert.Contains("users", report, StringComparison.Ordinal);
        Assert.Contains("50", report, StringComparison.Ordinal);

        var bytes = await File.ReadAllBytesAsync(archive, Token);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "damaged.gz"), bytes, Token);
        var (damaged, _, problem) = await RunAsync("restore-database", ("RESTORE_DRY_RUN", "true"), ("BACKUP_PATH", Path.Combine(_folder.Path, "damaged.gz")));
        Assert.Equal(1, damaged);
        Assert.NotEmpty(problem);
    }

    [Fact]
    public async Task Restores_a_production_backup_into_a_database_of_its_own_as_the_monthly_test_does()
    {
        await RunAsync("backup-database", ("DEPLOY_ENV", "production"));
        await using var target = mongo.NewDatabase("staging-restore-test");

        var (exitCode, _, problem) = await RunAsync("restore-database", ("BACKUP_PATH", Path.Combine(_folder.Backups, "backup-production-latest.gz")), ("TARGET_DB", target.Name));

        Assert.True(exitCode == 0, problem);
        Assert.Equal(50, await target.Documents("users").CountDocumentsAsync("{}", cancellationToken: Token));
        Assert.Equal(1, await _folder.Staging.Documents("users").CountDocumentsAsync("{}", cancellationToken: Token));
    }

    /// <summary>The runbook writes -latest.gz, whatever form the environment's backups have.</summary>
    [Fact]
    public async Task Restores_the_newest_backup_by_the_runbooks_name_when_backups_are_encrypted()
    {
        var key = ("BACKUP_ENCRYPTION_KEY", Convert.ToBase64String(new byte[32]));
        await RunAsync("backup-database", ("DEPLOY_ENV", "production"));
        await _folder.Production.Documents("users").DeleteOneAsync("{ _id: 0 }", Token);
        await RunAsync("backup-database", ("DEPLOY_ENV", "production"), key);
        await using var target = mongo.NewDatabase("staging-restore-test");

        var (exitCode, _, problem) = await RunAsync(
            "restore-database", ("BACKUP_PATH", Path.Combine(_folder.Backups, "backup-production-latest.gz")), ("TARGET_DB", target.Name), key);

        Assert.True(exitCode == 0, problem);
        Assert.EndsWith(".enc", new BackupFolder(_folder.Backups).List("production")[0].Archive, StringComparison.Ordinal);
        Assert.Equal(49, await target.Documents("users").CountDocumentsAsync("{}", cancellationToken: Token));
    }

    [Fact]
    public async Task Replaces_live_data_only_when_forced_and_after_a_safety_backup()
    {
        await RunAsync("backup-database", ("DEPLOY_ENV", "production"));
        var archive = ("BACKUP_PATH", Path.Combine(_folder.Backups, "backup-production-latest.gz"));
        await _folder.Production.Documents("users").DeleteManyAsync("{ _id: { $lt: 40 } }", Token);

        var (refused, _, why) = await RunAsync("restore-database", ("DEPLOY_ENV", "production"), archive);
        Assert.Equal(2, refused);
        Assert.Contains($"Data of {_folder.Production.Name} can get lost and nobody confirmed it. Set FORCE_RESTORE=true", why, StringComparison.Ordinal);
        Assert.Equal(10, await _folder.Production.Documents("users").CountDocumentsAsync("{}", cancellationToken: Token));

        var (forced, _, problem) = await RunAsync("restore-database", ("DEPLOY_ENV", "production"), archive, ("FORCE_RESTORE", "true"));
        Assert.True(forced == 0, problem);
        Assert.Equal(50, await _folder.Production.Documents("users").CountDocumentsAsync("{}", cancellationToken: Token));
        Assert.Equal(10, Assert.Single(new BackupFolder(_folder.Backups).List("production"), manifest => manifest.Kind == BackupKind.Safety).Documents);
    }

    [Fact]
    public async Task Does_not_put_another_environments_data_over_a_default()
    {
        await RunAsync("backup-database", ("DEPLOY_ENV", "production"));

        var (exitCode, _, why) = await RunAsync("restore-database", ("BACKUP_PATH", Path.Combine(_folder.Backups, "backup-production-latest.gz")), ("FORCE_RESTORE", "true"));

        Assert.Equal(1, exitCode);
        Assert.Contains("production", why, StringComparison.Ordinal);
        Assert.Equal(1, await _folder.Staging.Documents("users").CountDocumentsAsync("{}", cancellationToken: Token));
    }

    /// <summary>In a container with the dashboard's own server in MONGODB_URI a restore went there and reported success.</summary>
    [Theory]
    [InlineData("backup-database")]
    [InlineData("restore-database")]
    public async Task Takes_the_dashboards_own_server_for_no_environments_outside_local_mode(string script)
    {
        await RunAsync("backup-database", ("DEPLOY_ENV", "production"));
        (string, string)[] fly =
        [
            ("DASHBOARD_MODE", "fly"), ("DEPLOY_ENV", "production"), ("FLY_API_TOKEN", "none"), ("BACKUP_ENCRYPTION_KEY", Convert.ToBase64String(new byte[32])), ("FORCE_RESTORE", "true"),
            ("BACKUP_PATH", Path.Combine(_folder.Backups, "backup-production-latest.gz")), ("STAGING_MONGODB_URI", "mongodb://127.0.0.1:1/"), ("PRODUCTION_MONGODB_URI", "mongodb://127.0.0.1:1/"),
        ];

        var (exitCode, _, why) = await RunAsync(script, fly);

        Assert.Equal(2, exitCode);
        Assert.Contains("Set DASHBOARD_MONGODB_URI to the dashboard's own MongoDB", why, StringComparison.Ordinal);
        Assert.Single(new BackupFolder(_folder.Backups).List());
    }

    [Theory]
    [InlineData("backup-database", "BACKUP_COMPRESS", "maybe", "variable BACKUP_COMPRESS: 'maybe' is neither true nor false.")]
    [InlineData("backup-database", "DEPLOY_ENV", "moon", "there is no environment 'moon'")]
    [InlineData("restore-database", "FORCE_RESTORE", "true", "BACKUP_PATH is not set")]
    [InlineData("restore-database", "BACKUP_PATH", "nowhere.gz", "There is no backup")]
    public async Task Begins_nothing_when_a_variable_makes_no_sense(string script, string name, string value, string sentence)
    {
        var (exitCode, _, why) = await RunAsync(script, (name, value));

        Assert.Equal(2, exitCode);
        Assert.Contains(sentence, why, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Backups));
    }

    [Fact]
    public async Task Explains_itself_from_a_clone_without_a_server()
    {
        var (exitCode, output, _) = await RunAsync(Path.Combine(Repository.Root, "scripts"), "restore-database", ["--help"], ("MONGODB_URI", "nonsense"));

        Assert.Equal(0, exitCode);
        Assert.Contains("BACKUP_PATH", output, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Problem)> RunAsync(string script, params (string Name, string Value)[] variables) =>
        RunAsync(installed.Path, script, [], variables);

    private async Task<(int ExitCode, string Output, string Problem)> RunAsync(string scripts, string script, string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(scripts, $"{script}.sh"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("BACKUP_", StringComparison.Ordinal) || name is "DEPLOY_ENV" or "TARGET_DB").ToList())
            start.Environment.Remove(name);
        start.Environment["DASHBOARD_ROOT"] = _folder.Path;
        start.Environment["MONGODB_URI"] = mongo.ConnectionString;
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{script} did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var problem = process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, await output, await problem);
    }
}
