using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>Where a restore does not go, and what it does not take.</summary>
public sealed partial class RestoreBackupTests
{
    [Theory]
    [InlineData("admin", "belongs to the server itself")]
    [InlineData("Local", "belongs to the server itself")]
    [InlineData("a.b", "is no name for a database")]
    [InlineData("a b", "is no name for a database")]
    [InlineData("$x", "is no name for a database")]
    public async Task Never_goes_where_it_must_not(string target, string why) =>
        await AssertBlockedAsync(_ground.Request(("targetDatabase", target)), "Target", why);

    [Fact]
    public async Task Never_goes_into_the_dashboards_own_database_or_another_environments()
    {
        await AssertBlockedAsync(_ground.Request(("targetDatabase", _ground.Ground.Settings.Database)), "Target", "is the dashboard's own database");
        await AssertBlockedAsync(_ground.Request(("targetDatabase", _ground.Ground.Settings.TargetOf("e002"))), "Target", "is the database of e002");
    }

    [Fact]
    public async Task Refuses_a_backup_of_another_environment_with_the_difference_unless_it_was_said()
    {
        var request = new JsonObject { ["archive"] = _ground.Archive };

        await AssertBlockedAsync(request, "Environment", $"The backup is of e000 (database '{_ground.Ground.Settings.TargetOf("e000")}'), and the restore is for e001");
    }

    [Fact]
    public async Task Refuses_the_backup_of_another_application_with_the_difference()
    {
        await Engine.Client.GetDatabase(_ground.Ground.Settings.TargetOf("e002")).GetCollection<BsonDocument>("invoices").InsertOneAsync([], cancellationToken: Token);
        var other = await _ground.BackUpAsync("e002");

        await AssertBlockedAsync(
            new JsonObject { ["archive"] = other }, "Same application", "they have no collection in common (archive: invoices; ");
    }

    [Fact]
    public async Task Refuses_what_nobody_has_proven_unless_it_was_said()
    {
        var copy = await CopyAsync("backup-e001-20250101-000000.gz");

        await AssertBlockedAsync(new JsonObject { ["archive"] = copy, ["allowOtherEnvironment"] = true }, "Archive proven", $"Run verify-backup with archive {copy}, or say allowUnproven.");

        var run = await Engine.RunConfirmedAsync("restore-backup", Staging, new JsonObject { ["archive"] = copy, ["allowOtherEnvironment"] = true, ["allowUnproven"] = true });
        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Equal(_ground.New, await _ground.StateAsync(Staging, Token));
    }

    [Fact]
    public async Task Refuses_an_archive_that_was_renamed_or_exchanged()
    {
        var renamed = await CopyAsync("backup-e001-20250101-000000.gz");
        var manifest = await File.ReadAllTextAsync(Engine.Backups.ManifestPathOf(_ground.Archive), Token);
        await File.WriteAllTextAsync(Engine.Backups.ManifestPathOf(renamed), manifest, Token);

        await AssertBlockedAsync(new JsonObject { ["archive"] = renamed, ["allowOtherEnvironment"] = true }, "Archive unchanged", $"it describes {_ground.Archive}: one of the two was renamed");

        await File.WriteAllTextAsync(Engine.Backups.ManifestPathOf(renamed), manifest.Replace($"\"version\": {BackupManifest.NewestVersion}", "\"version\": 99", StringComparison.Ordinal), Token);
        await AssertBlockedAsync(new JsonObject { ["archive"] = renamed, ["allowOtherEnvironment"] = true }, "Archive unchanged", "The manifest has version 99");
    }

    /// <summary>AC8: damage at rest is found while it is loaded, and the ledger remembers.</summary>
    [Fact]
    public async Task Finds_out_a_proven_archive_that_was_damaged_since_and_refuses_it_from_then_on()
    {
        var runId = await Engine.ConfirmAsync("restore-backup", Staging, _ground.Request());
        var path = Engine.Backups.PathOf(_ground.Archive);
        var bytes = await File.ReadAllBytesAsync(path, Token);
        bytes[bytes.Length / 2] ^= 16;
        await File.WriteAllBytesAsync(path, bytes, Token);

        var run = await Engine.Runner.RunAsync(runId, Token);

        Assert.Equal(RunState.Failed, run?.State);
        Assert.Equal(_old, await _ground.StateAsync(Staging, Token));
        Assert.Empty(await DatabaseState.BesideAsync(Database, "__", Token));
        Assert.IsType<IntakeResult.Blocked>(await Engine.Intake.AcceptAsync(TestEngine.Call("restore-backup", Staging, _ground.Request()), Token));
    }

    [Fact]
    public async Task Takes_the_newest_proven_backup_of_the_environment_when_none_is_named()
    {
        var archive = await _ground.BackUpAsync(Staging);
        await Database.DropCollectionAsync("characters", Token);

        var run = await Engine.RunConfirmedAsync("restore-backup", Staging);

        Assert.Equal((RunState.Succeeded, archive), (run.State, run.Facts["restored-archive"]));
        Assert.Equal(_old, await _ground.StateAsync(Staging, Token));
    }

    [Theory]
    [InlineData("nothing.gz", "There is no backup 'nothing.gz'")]
    [InlineData("../nothing.gz", "has '..' in it")]
    [InlineData("/etc/passwd", "is not in the backup folder")]
    public async Task Says_which_archive_it_cannot_find(string archive, string why) =>
        await AssertBlockedAsync(new JsonObject { ["archive"] = archive }, "Archive found", why);

    [Fact]
    public async Task Refuses_while_another_operation_holds_the_environment()
    {
        await Engine.AcceptAsync("ledger-operation", Staging);
        var call = TestEngine.Call("restore-backup", Staging, _ground.Request());
        var preview = await Engine.Intake.PreviewAsync(call, Token);

        var refused = await Engine.Intake.AcceptAsync(call with { Confirm = preview.Plan?.Target, PlanHash = preview.Plan?.Hash }, Token);

        Assert.IsType<IntakeResult.LeaseHeld>(refused);
    }
}
