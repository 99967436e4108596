using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>AC10: further copies, each verified by itself, and what the overview says while one or two are missing.</summary>
public sealed class CopyTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copies_archive_and_manifest_and_reads_the_copy_back()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, EngineGround.WithCopies);

        var manifest = await ground.BackUpAsync();

        var copied = Path.Combine(ground.Settings.CopyFolders[0], manifest.Archive);
        Assert.Equal(await File.ReadAllBytesAsync(ground.Engine.Backups.PathOf(manifest.Archive), Token), await File.ReadAllBytesAsync(copied, Token));
        Assert.Equal(BackupManifest.FromJson(await File.ReadAllBytesAsync(copied + ".manifest.json", Token)).Sha256, manifest.Sha256);
        var copy = Assert.Single((await ground.EntryAsync(manifest.Archive)).Copies);
        Assert.Equal(("place-1", CopyState.Good, manifest.Sha256, 0), (copy.Place, copy.State, copy.Sha256, copy.Failures));
        Assert.NotNull(copy.VerifiedAt);
        Assert.Empty(FileStates.Leftovers(ground.Settings.CopyFolders[0]));
    }

    [Fact]
    public async Task Makes_as_many_as_are_wanted_and_none_of_a_test_backup()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, Places(redundant: 2, "a", "b", "c"));

        var manifest = await ground.BackUpAsync();
        var test = await ground.BackUpAsync(new JsonObject { ["kind"] = "test" });

        Assert.Equal(["place-1"], (await ground.EntryAsync(manifest.Archive)).Copies.Select(copy => copy.Place));
        Assert.Empty((await ground.EntryAsync(test.Archive)).Copies);
    }

    [Fact]
    public async Task Takes_a_place_that_is_elsewhere_before_one_that_is_not_when_off_site_is_asked()
    {
        await using var ground = await BackupGround.MakeAsync(
            mongo, settings => settings with { CopyFolders = ["backups/inside", "outside"], Migration = settings.Migration with { RedundantBackups = 1, OffSiteBackup = true } });

        Assert.Equal(["place-2"], (await ground.EntryAsync((await ground.BackUpAsync()).Archive)).Copies.Select(copy => copy.Place));
    }

    [Fact]
    public async Task Keeps_the_backup_when_the_bucket_is_down_and_copies_it_later()
    {
        await using var server = await S3Server.StartAsync();
        await using var ground = await BackupGround.MakeAsync(mongo, settings => settings with { Migration = settings.Migration with { RedundantBackups = 2 } });
        using var engine = Engine(ground, server);
        await server.StopAsync();

        var run = await engine.RunAsync("create-backup", stopping: Token);

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Contains("to bucket failed: bucket backups/dashboard/ cannot be reached", run.Message, StringComparison.Ordinal);
        Assert.Equal(StepState.Failed, Assert.Single(run.Steps, step => step.Title == "Copy to bucket").State);
        var manifest = Assert.Single(engine.Backups.List());
        var copy = Assert.Single((await ground.EntryAsync(manifest.Archive)).Copies);
        Assert.Equal((CopyState.Missing, 1), (copy.State, copy.Failures));
        var health = await engine.Get<BackupHealth>().OfAsync(engine.Environments.Get("staging"), Token);
        Assert.NotNull(health.MissingCopySince);
        Assert.Contains(health.Findings, finding => finding.Verdict == BackupVerdict.Amber && finding.Sentence.Contains("has 1 of 2 copies, since ", StringComparison.Ordinal));

        await server.RunAsync();
        Assert.Equal(0, await engine.Get<CopySweep>().SweepAsync(Token));
        using var later = Engine(ground, server, TimeSpan.FromMinutes(2));
        Assert.Equal(1, await later.Get<CopySweep>().SweepAsync(Token));

        Assert.True(Assert.Single((await ground.EntryAsync(manifest.Archive)).Copies).IsGood);
        Assert.Equal(manifest.Bytes, new FileInfo(server.FileOf($"dashboard/{manifest.Archive}")).Length);
        Assert.Equal(0, await later.Get<CopySweep>().SweepAsync(Token));
        Assert.Null((await later.Get<BackupHealth>().OfAsync(later.Environments.Get("staging"), Token)).MissingCopySince);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(6, 32)]
    [InlineData(7, 60)]
    [InlineData(900, 60)]
    public void Waits_longer_after_each_failure_and_an_hour_at_most(int failures, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), BackupCopier.PauseAfter(failures));

    [Fact]
    public async Task Leaves_a_backup_to_its_own_run_while_that_lives()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, EngineGround.WithCopies);
        var runId = await ground.Engine.AcceptAsync("create-backup");
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Operations.Faults.Failpoints.CopyPuts);
        var running = ground.Engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();

        var tried = await ground.Engine.Get<CopySweep>().SweepAsync(Token);
        pause.Release();

        Assert.Equal(0, tried);
        Assert.Equal(RunState.Succeeded, (await running)?.State);
    }

    /// <summary>Three copies in two places: break one, break two; each is found by reading it where it lies, and made anew by the sweep.</summary>
    [Fact]
    public async Task Is_amber_with_one_broken_copy_red_with_two_and_heals()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, Places(redundant: 3, "a", "b"));
        var manifest = await ground.ProvenAsync();
        Assert.Equal(BackupVerdict.Green, (await BackupHistoryTests.ReportAsync(ground.Settings)).Verdict);

        BackupGround.Damage(Path.Combine(ground.Settings.CopyFolders[0], manifest.Archive));
        var one = await AllAsync(ground);
        var amber = await BackupHistoryTests.ReportAsync(ground.Settings);
        File.Delete(Path.Combine(ground.Settings.CopyFolders[1], manifest.Archive));
        var two = await AllAsync(ground);
        var red = await BackupHistoryTests.ReportAsync(ground.Settings);

        Assert.StartsWith($"The copy of {manifest.Archive} in place-1 is damaged: its SHA-256 is ", one.Message, StringComparison.Ordinal);
        Assert.Equal(BackupVerdict.Amber, amber.Verdict);
        Assert.EndsWith($"The copy of {manifest.Archive} is gone from place-2.", two.Message, StringComparison.Ordinal);
        Assert.Equal(BackupVerdict.Red, red.Verdict);
        Assert.StartsWith($"{manifest.Archive} has 1 of 3 copies, since ", Assert.Single(red.Findings).Sentence, StringComparison.Ordinal);
        using var later = new TestEngine(ground.Settings, time: new ShiftedTime(TimeSpan.FromHours(1)));
        Assert.Equal(2, await later.Get<CopySweep>().SweepAsync(Token));
        Assert.Equal(BackupVerdict.Green, (await BackupHistoryTests.ReportAsync(ground.Settings)).Verdict);
        Assert.Equal(RunState.Succeeded, (await AllAsync(ground)).State);
    }

    /// <summary>A damaged archive must not become the copy, and must not replace a good one.</summary>
    [Fact]
    public async Task Copies_no_archive_that_is_known_to_be_damaged_and_calls_no_copy_of_one_good()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var manifest = await ground.BackUpAsync();
        BackupGround.Damage(ground.Engine.Backups.PathOf(manifest.Archive));
        using var copying = new TestEngine(EngineGround.WithCopies(ground.Settings) with { CopyFolders = [Path.Combine(ground.Folder, "copies")] });

        Assert.Equal(1, await copying.Get<CopySweep>().SweepAsync(Token));
        Assert.Equal(CopyState.Damaged, Assert.Single((await ground.EntryAsync(manifest.Archive)).Copies).State);

        await ground.VerifyAsync(manifest.Archive);
        using var later = new TestEngine(copying.Settings, time: new ShiftedTime(TimeSpan.FromHours(2)));
        Assert.Equal(0, await later.Get<CopySweep>().SweepAsync(Token));
    }

    private static Task<Run> AllAsync(EngineGround ground) =>
        ground.Engine.RunAsync("verify-backup", request: new JsonObject { ["all"] = true, ["upTo"] = "archive" }, stopping: Token);

    private static Func<EngineSettings, EngineSettings> Places(int redundant, params string[] folders) =>
        settings => settings with { CopyFolders = folders, Migration = settings.Migration with { RedundantBackups = redundant } };

    private static TestEngine Engine(EngineGround ground, S3Server server, TimeSpan later = default) =>
        new(ground.Settings, time: new ShiftedTime(later), configure: services => services.AddSingleton(_ => new CopyPlan([BucketPlaceTests.NewPlace(server.Address)])));
}
