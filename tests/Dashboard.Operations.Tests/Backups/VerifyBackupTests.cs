using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>AC7 and AC8, and every end that verify-backup can have.</summary>
public sealed class VerifyBackupTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Climbs_the_whole_ladder_with_every_bson_type_and_drops_its_scratch_database()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var database = ground.Engine.Client.GetDatabase(ground.Settings.TargetDatabase);
        await database.GetCollection<BsonDocument>("everything").InsertManyAsync(BackupGround.EveryType().Where(document => mongo.IsGenuine || !document.Contains("$dollar")), cancellationToken: Token);
        await database.CreateCollectionAsync("empty", cancellationToken: Token);
        await database.CreateViewAsync<BsonDocument, BsonDocument>("view", "characters", new[] { new BsonDocument("$match", new BsonDocument("_id", 1)) }, cancellationToken: Token);
        var manifest = await ground.BackUpAsync();

        var run = await ground.Engine.RunAsync("verify-backup", stopping: Token);

        Assert.Equal((RunState.Succeeded, $"{manifest.Archive}: read, restored and compared: equal to what was dumped."), (run.State, run.Message));
        var entry = await ground.EntryAsync(manifest.Archive);
        Assert.Equal((BackupRung.Compared, true, true), (entry.Rung, entry.IsProven, entry.IsLastProven));
        Assert.Equal([BackupRung.Taken, BackupRung.ArchiveProven, BackupRung.ArchiveProven, BackupRung.Restored, BackupRung.Compared], entry.Proofs.Select(proof => proof.Rung).ToArray());
        Assert.StartsWith("5 of 5 collections equal in number and content of ", entry.Proofs[^1].Evidence, StringComparison.Ordinal);
        Assert.True(entry.RestoreTime > TimeSpan.Zero);
        Assert.Empty(await ground.ScratchDatabasesAsync());
    }

    [Fact]
    public async Task Stops_after_the_archive_when_no_more_was_asked()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var manifest = await ground.BackUpAsync();

        var run = await ground.Engine.RunAsync("verify-backup", request: new JsonObject { ["upTo"] = "archive" }, stopping: Token);

        Assert.Equal((RunState.Succeeded, 1), (run.State, run.Steps.Count));
        Assert.Equal(BackupRung.ArchiveProven, (await ground.EntryAsync(manifest.Archive)).Rung);
    }

    [Fact]
    public async Task Finds_damage_at_rest_marks_it_and_keeps_the_mark()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var proven = await ground.ProvenAsync(TimeSpan.FromHours(5));
        var newer = await ground.BackUpAsync();
        BackupGround.Damage(ground.Engine.Backups.PathOf(proven.Archive));
        Assert.True((await ground.EntryAsync(proven.Archive)).IsGood);

        var run = await ground.Engine.RunAsync("verify-backup", request: new JsonObject { ["all"] = true, ["upTo"] = "archive" }, stopping: Token);

        Assert.Equal(RunState.Failed, run.State);
        Assert.StartsWith($"{proven.Archive} is damaged: ", run.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(newer.Archive, run.Message, StringComparison.Ordinal);
        var entry = await ground.EntryAsync(proven.Archive);
        Assert.Equal((BackupStanding.Damaged, null, false), (entry.Standing, entry.Rung, entry.IsLastProven));
        Assert.Equal(entry.Problem, run.Message);
        Assert.True((await ground.EntryAsync(newer.Archive)).IsGood);
    }

    [Fact]
    public async Task Names_collection_and_difference_when_it_does_not_restore_to_what_was_dumped()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var manifest = await ground.BackUpAsync();
        ground.Rewrite(manifest.Archive, stored => stored with
        {
            Collections = [.. stored.Collections.Select(each => each.Name == "users"
                ? each with { Digest = new string('7', 32), IndexDefinitions = [each.IndexDefinitions![0]] }
                : each)],
        });

        var run = await ground.VerifyAsync(manifest.Archive);

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains($"{manifest.Archive} does not restore to what was dumped: users has the index name_1, which it should not have. users has 40 documents as expected, but not the same ones", run.Message, StringComparison.Ordinal);
        var entry = await ground.EntryAsync(manifest.Archive);
        Assert.Equal((BackupStanding.Damaged, false), (entry.Standing, entry.IsProven));
        Assert.Empty(await ground.ScratchDatabasesAsync());
    }

    [Fact]
    public async Task Compares_the_counts_of_the_manifest_without_a_server()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var manifest = await ground.BackUpAsync();
        ground.Rewrite(manifest.Archive, stored => stored with { Collections = [.. stored.Collections.Select(each => each with { Documents = 41 })] });

        var run = await ground.VerifyAsync(manifest.Archive);

        Assert.Equal((RunState.Failed, $"{manifest.Archive} does not hold what its manifest says: characters has 40 documents and should have 41."), (run.State, run.Message));
    }

    [Theory]
    [InlineData("backup-staging-20200101-000000.gz", "There is no backup 'backup-staging-20200101-000000.gz' with a manifest that can be read in ")]
    [InlineData("../secret", "There is no backup '../secret' with a manifest that can be read in ")]
    public async Task Says_that_there_is_no_such_backup(string archive, string sentence)
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        await ground.BackUpAsync();

        var run = await ground.VerifyAsync(archive);

        Assert.Equal(RunState.Failed, run.State);
        Assert.StartsWith(sentence, run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_there_is_none_at_all_and_sends_one_of_another_environment_there()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var none = await ground.Engine.RunAsync("verify-backup", stopping: Token);
        var production = await ground.BackUpEarlierAsync("production", TimeSpan.Zero);

        var other = await ground.VerifyAsync(production.Archive);

        Assert.StartsWith("staging has no backup in ", none.Message, StringComparison.Ordinal);
        Assert.Equal($"'{production.Archive}' is a backup of production, not of staging; verify it there.", other.Message);
    }

    [Fact]
    public async Task Takes_no_lease_and_drops_its_scratch_database_when_it_is_cancelled()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        await ground.BackUpAsync();
        var runId = await ground.Engine.AcceptAsync("verify-backup");
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Failpoints.StepBegun, nth: 3);
        var running = ground.Engine.Runner.RunAsync(runId, Token);
        Assert.Contains("Compare", (await pause.ReachedAsync()).Detail, StringComparison.Ordinal);
        Assert.Null(await ground.Engine.Leases.HolderAsync("staging", Token));
        Assert.Single(await ground.ScratchDatabasesAsync());

        await ground.CancelAndBeSeenAsync(runId);
        pause.Release();

        Assert.Equal(RunState.Cancelled, (await running)?.State);
        Assert.Empty(await ground.ScratchDatabasesAsync());
    }

    [Fact]
    public async Task Restores_for_proof_only_where_the_server_has_room_unless_it_was_said_that_it_takes_less()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var manifest = await ground.BackUpAsync();
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        using var engine = new TestEngine(ground.Settings with { TargetConnectionString = proxy.Through(mongo.ConnectionString) });
        proxy.Faults = new ProxyFaults { TellsFullVolume = true };

        var refused = await engine.RunAsync("verify-backup", stopping: Token);
        var entry = await ground.EntryAsync(manifest.Archive);
        var allowed = await engine.RunAsync("verify-backup", request: new JsonObject { ["allowLittleRoom"] = true }, stopping: Token);
        proxy.Faults = ProxyFaults.None;
        var roomy = await engine.RunAsync("verify-backup", stopping: Token);

        Assert.Equal(RunState.Failed, refused.State);
        Assert.StartsWith($"{manifest.Archive} was not restored for proof, which says nothing about it: The server has 0 bytes free, and the copy needs up to ", refused.Message, StringComparison.Ordinal);
        Assert.Equal((BackupStanding.Good, BackupRung.ArchiveProven), (entry.Standing, entry.Rung));
        Assert.Equal((RunState.Succeeded, RunState.Succeeded), (allowed.State, roomy.State));
        Assert.Contains(await engine.History.LinesAsync(allowed.Id, 0, Token), line => line.Level == LineLevel.Warning && line.Text.EndsWith("allowLittleRoom was said.", StringComparison.Ordinal));
        Assert.Contains(await engine.History.LinesAsync(roomy.Id, 0, Token), line => line.Text.Contains(" bytes free, and the copy needs up to ", StringComparison.Ordinal));
        Assert.Empty(await ground.ScratchDatabasesAsync());
    }

    [Fact]
    public async Task Blames_no_backup_for_a_server_that_went_away()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var manifest = await ground.BackUpAsync();
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        using var engine = new TestEngine(ground.Settings with { TargetConnectionString = proxy.Through(mongo.ConnectionString), StorePatience = TimeSpan.FromSeconds(1) });
        using var hook = FailpointHook.Install();
        hook.On(Failpoints.StepBegun, nth: 2, times: 1, _ =>
        {
            proxy.Faults = new ProxyFaults { Down = true };
            proxy.ResetAll();
            return Task.CompletedTask;
        });
        hook.On(Failpoints.BodyEnded, nth: 1, times: 1, _ =>
        {
            proxy.Faults = ProxyFaults.None;
            return Task.CompletedTask;
        });

        var run = await engine.RunAsync("verify-backup", stopping: Token);

        Assert.Equal(RunState.Failed, run.State);
        Assert.StartsWith("The database of staging stopped answering, which says nothing about the backup", run.Message, StringComparison.Ordinal);
        Assert.Equal((BackupStanding.Good, BackupRung.ArchiveProven), ((await ground.EntryAsync(manifest.Archive)).Standing, (await ground.EntryAsync(manifest.Archive)).Rung));
    }

    /// <summary>The scratch database's name is longer than the live one's, so here the server refuses for a reason that lies in no archive; quotas and full disks end alike.</summary>
    [Fact]
    public async Task Blames_no_backup_for_a_server_that_refuses_the_scratch_copy()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var room = (mongo.IsGenuine ? 255 : 235) - ground.Settings.TargetDatabase.Length - 1;
        await ground.FillAsync(new string('x', room));
        var manifest = await ground.BackUpAsync();

        var run = await ground.Engine.RunAsync("verify-backup", stopping: Token);

        Assert.Equal(RunState.Failed, run.State);
        Assert.StartsWith("The server of staging did not take the scratch copy, which says nothing about the backup: ", run.Message, StringComparison.Ordinal);
        var entry = await ground.EntryAsync(manifest.Archive);
        Assert.Equal((BackupStanding.Good, BackupRung.ArchiveProven), (entry.Standing, entry.Rung));
        Assert.Empty(await ground.ScratchDatabasesAsync());
    }

    [Theory]
    [InlineData(8000, false)]
    [InlineData(14031, false)]
    [InlineData(12501, false)]
    [InlineData(13, false)]
    [InlineData(0, false)]
    [InlineData(11000, true)]
    [InlineData(72, true)]
    public void Tells_a_quota_and_a_full_disk_from_what_is_wrong_with_the_content(int code, bool content) => Assert.Equal(content, ServerRefusal.IsAboutContent(code));

    [Fact]
    public async Task Refuses_to_be_asked_for_one_and_for_all()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);

        var result = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("verify-backup", request: new JsonObject { ["archive"] = "a", ["all"] = true }), Token);

        Assert.Equal(["Say either which archive or all of them."], Assert.IsType<IntakeResult.Invalid>(result).Errors["all"]);
    }

    [Fact]
    public void Names_a_scratch_database_within_the_63_bytes_that_a_name_may_have()
    {
        var name = ScratchDatabase.NameOf(new string('é', 40), "0123456789abcdef01234567");

        Assert.EndsWith("__verify_0123456789abcdef01234567", name, StringComparison.Ordinal);
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(name) <= 63);
    }
}
