using System.Diagnostics;
using System.Text.Json.Nodes;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.EndToEnd.Tests;

/// <summary>The command line's migrate, with no dashboard running and no terminal: what it says, and the exit codes that scripts rely on.</summary>
public sealed class MigrateCommandTests(MongoFixture mongo) : IAsyncLifetime
{
    private readonly ProductFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (var file in Directory.EnumerateFiles(_folder.Migrations))
            File.Delete(file);
        await _folder.Staging.Documents("characters").InsertOneAsync(new BsonDocument("_id", 0), cancellationToken: Token);
        Write("001", """{"create": "things"}""", """{"drop": "things"}""");
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Runs_shows_and_takes_back_and_asks_before_data_can_get_lost()
    {
        var before = await RunAsync("migrate", "status");
        var up = await RunAsync("migrate", "up");
        var status = await RunAsync("migrate", "status", "--json");
        var unconfirmed = await RunAsync("migrate", "down");
        var down = await RunAsync("migrate", "down", "1", "--confirm", "staging");

        Assert.Equal((0, 0, 0, 2, 0), (before.ExitCode, up.ExitCode, status.ExitCode, unconfirmed.ExitCode, down.ExitCode));
        Assert.Contains("staging: 0 executed, 1 pending", before.Output, StringComparison.Ordinal);
        Assert.Contains("Migration 001 is executed in staging.", up.Output, StringComparison.Ordinal);
        var entry = JsonNode.Parse(status.Output)!["migrations"]![0]!;
        Assert.Equal(("001", "executed"), (entry["version"]!.GetValue<string>(), entry["state"]!.GetValue<string>()));
        Assert.Contains("Say --confirm staging", unconfirmed.Error, StringComparison.Ordinal);
        Assert.Contains("Migration 001 is rolled back in staging.", down.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_migration_exits_with_1_and_so_does_the_status_after_it()
    {
        Write("002", """{"insert": "characters", "documents": [{"_id": 0}]}""");

        var up = await RunAsync("migrate", "up");
        var status = await RunAsync("migrate", "status");
        var again = await RunAsync("migrate", "up");

        Assert.Equal((1, 1, 1), (up.ExitCode, status.ExitCode, again.ExitCode));
        Assert.Contains("002 (step) failed in command 1 of 1 of its up", up.Error, StringComparison.Ordinal);
        Assert.Contains("failed earlier", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_server_and_database_from_the_variables_that_the_runbook_sets()
    {
        var up = await RunAsync(["migrate", "up", "--environment", "staging"], ("MONGODB_DB_NAME", _folder.Production.Name), ("MIGRATION_BACKUP_ENABLED", "false"));

        Assert.Equal(0, up.ExitCode);
        Assert.Equal("001", (await _folder.Production.Documents("migrations").Find(new BsonDocument()).SingleAsync(Token))["version"].AsString);
        Assert.Equal(0, await _folder.Staging.Documents("migrations").CountDocumentsAsync(new BsonDocument(), cancellationToken: Token));
    }

    [Fact]
    public async Task Status_fails_loudly_when_the_database_cannot_be_read()
    {
        var status = await RunAsync(["migrate", "status"], ("MONGODB_URI", "mongodb://127.0.0.1:9/"), ("DASHBOARD_MONGODB_URI", mongo.ConnectionString));

        Assert.Equal(1, status.ExitCode);
        Assert.Contains("does not answer, so nobody can tell which migrations ran", status.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validates_and_creates_without_any_database()
    {
        var away = ("MONGODB_URI", "mongodb://127.0.0.1:9/");
        var good = await RunAsync(["migrate", "validate"], away);
        var created = await RunAsync(["migrate", "create", "add", "the", "Level"], away);
        var odd = await RunAsync(["migrate", "create", "../../etc/passwd"], away);
        var bad = await RunAsync(["migrate", "validate", "--json"], away);

        Assert.Equal((0, 0, 2, 1), (good.ExitCode, created.ExitCode, odd.ExitCode, bad.ExitCode));
        Assert.Equal(Path.Combine(_folder.Migrations, "002_add_the_level.json"), created.Output.Trim());
        Assert.Equal(2, Directory.GetFiles(_folder.Migrations).Length);
        Assert.False(JsonNode.Parse(bad.Output)!["valid"]!.GetValue<bool>());
        Assert.Contains("002_add_the_level.json: up has no commands", bad.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_what_it_does_not_know()
    {
        Assert.Equal(2, (await RunAsync("migrate", "status", "--environment", "moon")).ExitCode);
        Assert.Equal(2, (await RunAsync("migrate", "down", "none")).ExitCode);
        Assert.Equal(2, (await RunAsync("migrate", "down", "99")).ExitCode);
    }

    private void Write(string version, string up, string? down = null) => File.WriteAllText(
        Path.Combine(_folder.Migrations, $"{version}_step.json"), $$"""{"version": "{{version}}", "description": "step", "up": [{{up}}], "down": [{{down}}]}""");

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(arguments, []);

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet", [ProductFolder.Program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = _folder.Path,
        };
        start.Environment["DASHBOARD_ROOT"] = _folder.Path;
        start.Environment["MONGODB_URI"] = mongo.ConnectionString;
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("It did not start.");
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, await output, await error);
    }
}
