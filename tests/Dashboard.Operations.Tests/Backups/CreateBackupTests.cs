using System.Text.Json.Nodes;
using Dashboard.MongoArchive;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups;

public sealed class CreateBackupTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Describes_in_its_manifest_what_a_restored_copy_has_to_be()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);

        var manifest = await ground.BackUpAsync();

        Assert.Equal((2, BackupKind.Manual, "staging", ground.Settings.TargetDatabase), (manifest.Version, manifest.Kind, manifest.Environment, manifest.Database));
        Assert.Equal(mongo.IsGenuine ? Consistency.Snapshot : Consistency.PerCollection, manifest.Consistency);
        Assert.Equal(mongo.IsGenuine, manifest.SnapshotAt is not null);
        var characters = Assert.Single(manifest.Collections, collection => collection.Name == "characters");
        var documents = await ground.Engine.Client.GetDatabase(ground.Settings.TargetDatabase).GetCollection<BsonDocument>("characters").Find(new BsonDocument()).ToListAsync(Token);
        Assert.Equal(documents.Aggregate(ContentDigest.Empty, (digest, document) => digest.Append(document.ToBson())).ToString(), characters.Digest);
        Assert.Equal(["_id_", "name_1"], characters.Indexes);
        Assert.Equal(new BsonDocument("name", 1), BsonDocument.Parse(characters.IndexDefinitions![1])["key"]);
        Assert.NotNull(characters.Options);
        await ArchiveProof.AssertWholeAsync(ground.Engine.Backups.PathOf(manifest.Archive), manifest, Token);
    }

    [Fact]
    public async Task Proves_the_archive_right_away_and_puts_both_rungs_into_the_ledger()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);

        var manifest = await ground.BackUpAsync();

        var entry = await ground.EntryAsync(manifest.Archive);
        Assert.Equal([BackupRung.Taken, BackupRung.ArchiveProven], entry.Proofs.Select(proof => proof.Rung).ToArray());
        Assert.All(entry.Proofs, proof => Assert.Equal((manifest.Sha256, manifest.RunId, true), (proof.Sha256, proof.RunId, proof.Succeeded)));
        Assert.StartsWith("Read to the end: 2 collections, 80 documents, ", entry.Proofs[1].Evidence, StringComparison.Ordinal);
        Assert.Equal((BackupRung.ArchiveProven, BackupStanding.Good, false), (entry.Rung, entry.Standing, entry.IsLastProven));
    }

    [Fact]
    public async Task Reads_only_the_checksum_back_when_asked_not_to_verify()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, BackupGround.With(settings => settings with { BackupVerifyIntegrity = false }));

        Assert.Equal(BackupRung.Taken, (await ground.EntryAsync((await ground.BackUpAsync()).Archive)).Rung);
        Assert.Equal(BackupRung.ArchiveProven, (await ground.EntryAsync((await ground.BackUpAsync(new JsonObject { ["verify"] = true })).Archive)).Rung);
    }

    [Fact]
    public async Task Names_each_kind_apart_and_leads_latest_to_the_regular_ones_alone()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var manual = await ground.BackUpAsync();

        var test = await ground.BackUpAsync(new JsonObject { ["kind"] = "test" });

        Assert.Matches("^backup-staging-[0-9]{8}-[0-9]{6}\\.gz$", manual.Archive);
        Assert.Matches("^test-staging-[0-9]{8}-[0-9]{6}\\.gz$", test.Archive);
        Assert.Equal(BackupKind.Test, test.Kind);
        Assert.Equal([manual.Archive], ground.Engine.Backups.LatestTargets("staging"));
        Assert.Equal(2, ground.Engine.Backups.List("staging").Count);
    }

    [Fact]
    public async Task Knows_a_scheduled_one_by_its_door_and_makes_none_where_backups_are_off()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        await using var off = await BackupGround.MakeAsync(mongo, BackupGround.With(settings => settings with { BackupEnabled = false }));

        Assert.Equal(RunState.Succeeded, (await ScheduledAsync(ground)).State);
        var none = await ScheduledAsync(off);

        Assert.Equal(BackupKind.Scheduled, Assert.Single(ground.Engine.Backups.List()).Kind);
        Assert.Equal("Backups of staging are switched off (backup.enabled); none was made.", none.Message);
        Assert.Empty(off.Engine.Backups.List());
        Assert.Equal(BackupKind.Manual, (await off.BackUpAsync()).Kind);
    }

    [Fact]
    public async Task Encrypts_what_only_the_key_opens_and_takes_the_plain_latest_away()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, settings => settings with { BackupKey = BackupGround.NewKey() });
        var plain = await ground.BackUpAsync();
        using var encrypting = new TestEngine(BackupGround.Encrypted(ground.Settings.BackupKey!)(ground.Settings));

        var run = await encrypting.RunAsync("create-backup", stopping: Token);

        var manifest = encrypting.Backups.List("staging").First(each => each.IsEncrypted);
        Assert.Equal(RunState.Succeeded, run.State);
        Assert.EndsWith(".gz.enc", manifest.Archive, StringComparison.Ordinal);
        Assert.Equal(BackupKey.TryParse(ground.Settings.BackupKey!)!.Id, manifest.KeyId);
        Assert.Equal([manifest.Archive], encrypting.Backups.LatestTargets("staging"));
        Assert.False(File.Exists(encrypting.Backups.LatestPathOf("staging")));
        Assert.NotEqual(plain.Archive, manifest.Archive);
        Assert.Equal(BackupRung.ArchiveProven, (await encrypting.Get<BackupHistory>().FindAsync(manifest.Archive, Token))!.Rung);
        Assert.Equal(RunState.Succeeded, (await encrypting.RunAsync("verify-backup", stopping: Token)).State);
    }

    [Fact]
    public async Task Refuses_when_the_volume_cannot_hold_twice_the_last_one_and_names_the_bytes()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var last = await ground.BackUpAsync();
        ground.Rewrite(last.Archive, manifest => manifest with { Bytes = 1L << 60 });

        var run = await ground.Engine.RunAsync("create-backup", stopping: Token);

        Assert.Equal(RunState.Failed, run.State);
        Assert.Matches(@"^The volume of .*backups has [0-9,]+ bytes free and the next backup wants 2,305,843,009,213,693,952, twice the size of the last one .*: [0-9,]+ bytes are missing\.", run.Message);
        Assert.Single(ground.Engine.Backups.List());
        Assert.Empty(FileStates.Leftovers(ground.Settings.BackupFolder));
    }

    /// <summary>Else a database that takes longer to read than its server keeps a moment would never have a backup.</summary>
    [Fact]
    public async Task Begins_anew_collection_by_collection_when_the_server_forgets_the_moment()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        using var hook = FailpointHook.Install();
        hook.ThrowAt(Operations.Faults.Failpoints.FileSyncs, () => new CopyException("users: the server no longer keeps the moment.", "users") { IsSnapshotTooOld = true });

        var manifest = await ground.BackUpAsync();

        Assert.Equal((Consistency.PerCollection, null), (manifest.Consistency, manifest.SnapshotAt));
        await AssertWarnedAsync(ground, manifest);
    }

    /// <summary>The same, with a real server's own forgetting; LocalMongo has no moments.</summary>
    [Fact]
    public async Task Begins_anew_when_a_real_server_has_forgotten_the_moment()
    {
        if (!mongo.IsGenuine)
            return;
        await using var ground = await BackupGround.MakeAsync(mongo);
        var admin = ground.Engine.Client.GetDatabase("admin");
        using var hook = FailpointHook.Install();
        hook.On(Operations.Faults.Failpoints.StepBegun, nth: 2, times: 1, async _ =>
        {
            await KeepMomentsAsync(admin, 0);
            for (var second = 0; second < 5; second++)
            {
                await ground.Engine.Client.GetDatabase(ground.Settings.TargetDatabase).GetCollection<BsonDocument>("users").InsertOneAsync(new BsonDocument("late", second), cancellationToken: Token);
                await Task.Delay(TimeSpan.FromSeconds(1), Token);
            }
        });
        try
        {
            var manifest = await ground.BackUpAsync();

            Assert.Equal((Consistency.PerCollection, null), (manifest.Consistency, manifest.SnapshotAt));
            await AssertWarnedAsync(ground, manifest);
        }
        finally
        {
            await KeepMomentsAsync(admin, 300);
        }
    }

    [Fact]
    public async Task Makes_none_of_a_database_that_is_not_there()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);

        var run = await ground.Engine.RunAsync("create-backup", stopping: Token);

        Assert.Equal((RunState.Failed, $"The database '{ground.Settings.TargetDatabase}' of staging has no collections; check its name in config/dashboard.json."), (run.State, run.Message));
    }

    [Fact]
    public async Task Leaves_nothing_when_it_is_cancelled_while_it_writes()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var runId = await ground.Engine.AcceptAsync("create-backup");
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Operations.Faults.Failpoints.FileWritten);
        var running = ground.Engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();

        await ground.CancelAndBeSeenAsync(runId);
        pause.Release();

        Assert.Equal(RunState.Cancelled, (await running)?.State);
        Assert.Empty(Directory.EnumerateFileSystemEntries(ground.Settings.BackupFolder));
    }

    [Fact]
    public async Task Lets_old_ones_go_at_its_end_and_never_the_last_proven()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var proven = await ground.ProvenAsync(TimeSpan.FromDays(30));
        var old = await ground.BackUpEarlierAsync("staging", TimeSpan.FromDays(20));

        var now = await ground.BackUpAsync();

        Assert.Equal([now.Archive, proven.Archive], ground.Engine.Backups.List("staging").Select(manifest => manifest.Archive));
        Assert.False(File.Exists(ground.Engine.Backups.ManifestPathOf(old.Archive)));
        var step = Assert.Single((await ground.Engine.FindAsync(now.RunId)).Steps, step => step.Title == "Let old backups go");
        Assert.Equal("1 went.", step.Note);
    }

    /// <summary>SE1 for backups: the key and the way to the database are in nothing that is written down.</summary>
    [Fact]
    public async Task Writes_no_secret_down_anywhere()
    {
        var key = BackupGround.NewKey();
        await using var ground = await BackupGround.MakeAsync(mongo, settings => BackupGround.Encrypted(key)(EngineGround.WithCopies(settings)));
        var manifest = await ground.BackUpAsync();
        await ground.VerifyAsync(manifest.Archive);
        BackupGround.Damage(ground.Engine.Backups.PathOf(manifest.Archive));
        await ground.VerifyAsync(manifest.Archive);

        var texts = new List<(string, string)> { ("the manifest", await File.ReadAllTextAsync(ground.Engine.Backups.ManifestPathOf(manifest.Archive), Token)) };
        using var names = await ground.Engine.Database.Database.ListCollectionNamesAsync(cancellationToken: Token);
        foreach (var name in await names.ToListAsync(Token))
            texts.Add((name, (await ground.Engine.Database.Database.GetCollection<BsonDocument>(name).Find(new BsonDocument()).ToListAsync(Token)).ToJson()));

        Invariants.NoSecretIn(texts, key, Convert.ToHexString(Convert.FromBase64String(key)), ground.Settings.ConnectionString);
    }

    private static Task KeepMomentsAsync(IMongoDatabase admin, int seconds) => admin.RunCommandAsync<BsonDocument>(
        new BsonDocument { { "setParameter", 1 }, { "minSnapshotHistoryWindowInSeconds", seconds } }, cancellationToken: Token);

    private static async Task AssertWarnedAsync(EngineGround ground, BackupManifest manifest)
    {
        var steps = (await ground.Engine.FindAsync(manifest.RunId)).Steps.Select(step => (step.Title, step.State)).ToList();
        Assert.Equal([("Write the archive", StepState.Failed), ("Write the archive", StepState.Succeeded)], steps.Where(step => step.Title == "Write the archive"));
        Assert.Contains(await ground.Engine.History.LinesAsync(manifest.RunId, 0, Token), line => line.Level == LineLevel.Warning && line.Text.Contains("It is now read anew, collection by collection", StringComparison.Ordinal));
        await ArchiveProof.AssertWholeAsync(ground.Engine.Backups.PathOf(manifest.Archive), manifest, Token);
        Assert.Empty(FileStates.Leftovers(ground.Settings.BackupFolder));
    }

    private static async Task<Run> ScheduledAsync(EngineGround ground)
    {
        var accepted = Assert.IsType<IntakeResult.Accepted>(await ground.Engine.Intake.AcceptAsync(TestEngine.Call("create-backup", door: Door.Schedule), Token));
        return await ground.Engine.Runner.RunAsync(accepted.Run.Id, Token) ?? throw new InvalidOperationException("The run is gone.");
    }
}
