using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Overview;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Backups.Holders;

/// <summary>Every machine of the installation knows every backup, says where it lies, and counts none twice.</summary>
public sealed class BackupHoldersTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lists_on_every_machine_what_another_one_has_with_where_it_lies_and_its_proof()
    {
        await using var two = await TwoMachines.MakeAsync(mongo);

        var manifest = await two.One.ProvenAsync();

        var seen = Assert.Single(await two.Other.Get<BackupHistory>().ListAsync("staging", Token));
        Assert.Equal((manifest.Archive, manifest.Sha256, manifest.Bytes, false, true), (seen.Manifest.Archive, seen.Manifest.Sha256, seen.FileBytes, seen.IsHere, seen.IsLastProven));
        Assert.Equal((Environment.MachineName, two.One.Settings.BackupFolder), (Assert.Single(seen.Elsewhere).Machine, seen.Elsewhere[0].Path));
        Assert.Equal($"on {Environment.MachineName}", seen.Where);
        Assert.Equal("here", (await two.One.EntryAsync(manifest.Archive)).Where);
        var health = await two.Other.Get<BackupHealth>().OfAsync(two.Other.Environments.Get("staging"), Token);
        Assert.Equal(manifest.Archive, health.LastProven?.Manifest.Archive);
        Assert.Equal(manifest.Archive, (await two.Other.Get<EnvironmentCards>().ListAsync(Token))[0].LastBackup?.Archive);
    }

    [Fact]
    public async Task A_backup_on_both_machines_and_in_a_place_is_one_row_and_uses_the_disk_it_is_on()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var manifest = await two.One.BackUpAsync();
        var before = await two.Other.Get<BackupPages>().ReadAsync(Token);

        Assert.Equal(RunState.Succeeded, (await two.VerifyOnOtherAsync(manifest.Archive)).State);

        Assert.Equal((0, manifest.Bytes), (before.Space.UsedBytes, (await two.Other.Get<BackupPages>().ReadAsync(Token)).Space.UsedBytes));
        foreach (var engine in new[] { two.One.Engine, two.Other })
        {
            var entry = Assert.Single(await engine.Get<BackupHistory>().ListAsync(environment: null, Token));
            Assert.Equal((true, true, 1, "place-1"), (entry.IsHere, entry.IsLastProven, entry.Elsewhere.Count, Assert.Single(entry.Copies).Place));
        }
    }

    /// <summary>Their clocks need not agree, and a proof is known by the name.</summary>
    [Fact]
    public async Task Two_machines_give_no_name_twice()
    {
        await using var two = await TwoMachines.MakeAsync(mongo);
        var at = new DateTimeOffset(2026, 11, 23, 3, 0, 0, TimeSpan.Zero);
        using var one = new TestEngine(two.One.Settings with { ClockStandsAt = at });
        using var other = new TestEngine(two.Others with { ClockStandsAt = at });

        await one.RunAsync("create-backup", stopping: Token);
        await other.RunAsync("create-backup", stopping: Token);

        Assert.Equal(
            ["backup-staging-20261123-030000.gz", "backup-staging-20261123-030001.gz"],
            (await two.Other.Get<BackupHistory>().ListAsync("staging", Token)).Select(entry => entry.Manifest.Archive).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_deleted_backup_is_no_longer_told_and_a_page_leads_to_where_one_lies()
    {
        await using var two = await TwoMachines.MakeAsync(mongo);
        var manifest = await two.One.BackUpAsync();
        var shown = await two.Other.Get<BackupPages>().FindAsync(manifest.Archive, Token);

        File.Delete(two.One.Engine.Backups.PathOf(manifest.Archive));
        await two.One.Engine.Get<CopySweep>().SweepAsync(Token);

        Assert.Equal(two.One.Engine.Backups.PathOf(manifest.Archive), shown?.Path);
        Assert.Empty(await two.Other.Get<BackupHistory>().ListAsync("staging", Token));
        Assert.Null(await two.Other.Get<BackupPages>().FindAsync(manifest.Archive, Token));
    }

    [Fact]
    public async Task Forgets_a_machine_that_nobody_heard_of_for_a_month_and_knows_it_again_when_it_comes_back()
    {
        await using var two = await TwoMachines.MakeAsync(mongo);
        var manifest = await two.One.BackUpAsync();
        using var later = new TestEngine(two.Others, time: new ShiftedTime(TimeSpan.FromDays(31)));
        await later.RunAsync("create-backup", stopping: Token);

        Assert.DoesNotContain(await later.Get<BackupHistory>().ListAsync("staging", Token), entry => entry.Manifest.Archive == manifest.Archive);

        await two.One.Engine.Get<CopySweep>().SweepAsync(Token);
        Assert.NotNull(await two.SeenByOtherAsync(manifest.Archive));
    }

    /// <summary>A volume keeps its identity when another machine takes it over.</summary>
    [Fact]
    public async Task A_folder_is_the_same_holder_wherever_it_is_attached()
    {
        await using var two = await TwoMachines.MakeAsync(mongo);
        var manifest = await two.One.BackUpAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(two.Others.BackupFolder)!);
        Directory.Move(two.One.Settings.BackupFolder, two.Others.BackupFolder);
        await two.Other.Get<CopySweep>().SweepAsync(Token);

        var entry = Assert.Single(await two.Other.Get<BackupHistory>().ListAsync("staging", Token));

        Assert.Equal((true, 0), (entry.IsHere, entry.Elsewhere.Count));
        Assert.Equal(two.Others.BackupFolder, Assert.Single((await two.SeenByOneAsync(manifest.Archive)).Elsewhere).Path);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not an identity")]
    [InlineData("")]
    public async Task Two_processes_give_one_folder_one_identity(string? damaged)
    {
        var folder = Directory.CreateTempSubdirectory("identity-");
        try
        {
            if (damaged is not null)
            {
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, "folder-id"), damaged, Token);
                Assert.NotNull(await new BackupFolder(folder.FullName).IdentifyAsync(Token));
            }

            var found = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new BackupFolder(folder.FullName).IdentifyAsync(Token), Token)));

            var identity = new BackupFolder(folder.FullName).Identity;
            Assert.NotNull(identity);
            Assert.All(found, one => Assert.Equal(identity, one));
            Assert.Single(folder.EnumerateFileSystemInfos());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Finds_in_a_bucket_what_no_record_tells_of_any_more_and_takes_it_by_its_name_alone()
    {
        await using var server = await S3Server.StartAsync();
        await using var two = await TwoMachines.MakeAsync(mongo, configure: services => services.AddSingleton(_ => new CopyPlan([BucketPlaceTests.NewPlace(server.Address)])));
        var manifest = await two.One.BackUpAsync();
        foreach (var ending in new[] { string.Empty, ".manifest.json" })
            await two.Other.Get<CopyPlan>().Places[0].PutAsync(manifest.Archive + ending, two.One.Engine.Backups.PathOf(manifest.Archive) + ending, ObjectId.GenerateNewId().ToString(), Token);
        await LoseRecordsAsync(two);

        await two.Other.Get<CopyLooks>().LookAsync(atOnce: false, Token);

        var found = await two.SeenByOtherAsync(manifest.Archive);
        Assert.Equal(("only in bucket", CopyState.Found, null, false), (found?.Where, found?.Copies[0].State, found?.Rung, found?.IsOurs));
        Assert.Contains("staging has no backup", (await two.Other.RunAsync("verify-backup", stopping: Token)).Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Succeeded, (await two.VerifyOnOtherAsync(manifest.Archive)).State);
        Assert.True(await two.SeenByOtherAsync(manifest.Archive) is { IsProven: true, Copies: [{ IsGood: true }] });
    }

    /// <summary>The command line looks by itself: no dashboard may be running.</summary>
    [Fact]
    public async Task Finds_by_its_name_what_nobody_has_looked_for_yet()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var manifest = await two.One.BackUpAsync();
        await LoseRecordsAsync(two);

        Assert.Empty(await two.Other.Get<BackupHistory>().ListAsync("staging", Token));
        Assert.Equal(RunState.Succeeded, (await two.VerifyOnOtherAsync(manifest.Archive)).State);
    }

    [Fact]
    public async Task Says_which_place_was_not_read_and_lists_what_was_known_of_it()
    {
        await using var server = await S3Server.StartAsync();
        await using var two = await TwoMachines.MakeAsync(
            mongo,
            settings => settings with { Migration = settings.Migration with { RedundantBackups = 2 } },
            services => services.AddSingleton(_ => new CopyPlan([BucketPlaceTests.NewPlace(server.Address)])));
        await two.Other.RunAsync("create-backup", stopping: Token);
        var manifest = Assert.Single(two.Other.Backups.List());
        await two.Other.Get<CopySweep>().SweepAsync(Token);
        Assert.Empty((await two.Other.Get<BackupPages>().ReadAsync(Token)).NotRead);
        await server.StopAsync();

        await two.Other.Get<CopyLooks>().LookAsync(atOnce: true, Token);

        var page = await two.Other.Get<BackupPages>().ReadAsync(Token);
        var unread = Assert.Single(page.NotRead);
        Assert.Equal(("bucket", true), (unread.Id, unread.ReadAt is not null));
        Assert.StartsWith("bucket backups/dashboard/ cannot be reached", unread.Problem, StringComparison.Ordinal);
        var shown = Assert.Single(page.Sections[0].Backups);
        Assert.Equal((manifest.Archive, CopyState.Good), (shown.Manifest.Archive, Assert.Single(shown.Copies).State));
        await server.RunAsync();
        await two.Other.Get<CopyLooks>().LookAsync(atOnce: true, Token);
        Assert.Empty((await two.Other.Get<BackupPages>().ReadAsync(Token)).NotRead);
    }

    [Fact]
    public async Task Misses_a_copy_that_somebody_deleted()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var manifest = await two.One.BackUpAsync();
        File.Delete(two.CopyOf(manifest.Archive));

        await two.Other.Get<CopyLooks>().LookAsync(atOnce: true, Token);

        var copy = Assert.Single((await two.SeenByOtherAsync(manifest.Archive))!.Copies);
        Assert.Equal((CopyState.Missing, $"The copy of {manifest.Archive} is gone from place-1."), (copy.State, copy.Problem));
        Assert.Equal(1, await two.One.Engine.Get<CopySweep>().SweepAsync(Token));
    }

    /// <summary>A share that was not mounted, for example; no machine has the archive any more that could copy it again.</summary>
    [Fact]
    public async Task Finds_a_copy_again_that_was_missed()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var manifest = await two.One.BackUpAsync();
        Directory.Move(two.One.Settings.CopyFolders[0], two.One.Settings.CopyFolders[0] + "-away");
        await two.Other.Get<CopyLooks>().LookAsync(atOnce: true, Token);
        two.LoseOne();
        await two.Other.Database.Database.GetCollection<BsonDocument>("heldBackups").DeleteManyAsync(new BsonDocument(), Token);
        Assert.Null(await two.SeenByOtherAsync(manifest.Archive));

        Directory.Move(two.One.Settings.CopyFolders[0] + "-away", two.One.Settings.CopyFolders[0]);
        await two.Other.Get<CopyLooks>().LookAsync(atOnce: true, Token);

        Assert.Equal(CopyState.Found, Assert.Single((await two.SeenByOtherAsync(manifest.Archive))!.Copies).State);
        Assert.Equal(RunState.Succeeded, (await two.VerifyOnOtherAsync(manifest.Archive)).State);
    }

    /// <summary>What stands in a manifest becomes a file's name on whoever fetches it.</summary>
    [Theory]
    [InlineData("backup-staging-20260101-000000.gz", "../../backup-staging-20260101-000000.gz")]
    [InlineData("backup-staging-latest.gz", "backup-staging-latest.gz")]
    [InlineData("backup-elsewhere-20260101-000000.gz", "backup-elsewhere-20260101-000000.gz")]
    public async Task Takes_no_notice_of_what_is_no_backup_of_this_installation(string name, string says)
    {
        await using var two = await TwoMachines.MakeAsync(mongo, EngineGround.WithCopies);
        var manifest = await two.One.BackUpAsync();
        var environment = name.Contains("elsewhere", StringComparison.Ordinal) ? "elsewhere" : "staging";
        await File.WriteAllBytesAsync(two.CopyOf(name), [1], Token);
        await File.WriteAllBytesAsync(two.CopyOf(name + ".manifest.json"), (manifest with { Archive = says, Environment = environment }).ToJson(), Token);
        await File.WriteAllTextAsync(two.CopyOf("backup-staging-20260102-000000.gz"), "x", Token);
        await File.WriteAllTextAsync(two.CopyOf("backup-staging-20260102-000000.gz.manifest.json"), "no manifest", Token);

        await two.Other.Get<CopyLooks>().LookAsync(atOnce: true, Token);

        Assert.Equal([manifest.Archive], (await two.Other.Get<BackupHistory>().ListAsync(environment: null, Token)).Select(entry => entry.Manifest.Archive));
        Assert.Equal(RunState.Failed, (await two.VerifyOnOtherAsync(name)).State);
    }

    [Fact]
    public async Task A_manifest_that_was_changed_in_the_place_is_not_believed()
    {
        await using var two = await TwoMachines.MakeAsync(mongo, settings => BackupGround.Encrypted(BackupGround.NewKey())(EngineGround.WithCopies(settings)));
        var manifest = await two.One.BackUpAsync();
        var stored = JsonNode.Parse(await File.ReadAllTextAsync(two.CopyOf(manifest.Archive + ".manifest.json"), Token))!;
        stored["reason"] = "another";
        await File.WriteAllTextAsync(two.CopyOf(manifest.Archive + ".manifest.json"), stored.ToJsonString(), Token);
        await LoseRecordsAsync(two);

        await two.Other.Get<CopyLooks>().LookAsync(atOnce: true, Token);

        Assert.Equal(BackupStanding.Tampered, (await two.SeenByOtherAsync(manifest.Archive))?.Standing);
    }

    private static async Task LoseRecordsAsync(TwoMachines two)
    {
        two.LoseOne();
        foreach (var name in new[] { "backupProofs", "backupCopies", "backupHolders", "heldBackups", "copyLooks" })
            await two.Other.Database.Database.GetCollection<BsonDocument>(name).DeleteManyAsync(new BsonDocument(), Token);
    }
}
