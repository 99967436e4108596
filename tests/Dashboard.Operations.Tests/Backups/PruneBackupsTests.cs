using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Backups;

public sealed class PruneBackupsTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shows_exactly_what_would_go_and_why_then_deletes_that_with_its_copies()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, EngineGround.WithCopies);
        var (old, proven) = await OldAndProvenAsync(ground);

        var plan = await PlanAsync(ground.Engine);
        var run = await ground.Engine.RunAsync("prune-backups", confirm: "staging", stopping: Token);

        Assert.Equal("staging", plan?.Target);
        Assert.Equal([$"Delete {old.Archive} and its copies in place-1", "Clear unfinished copies in place-1"], plan?.Steps.Select(step => step.What));
        Assert.StartsWith("9 days old, kept for 7 days; ", plan?.Steps[0].Detail, StringComparison.Ordinal);
        Assert.Equal([("A backup proven to restore stays", PlanVerdict.Passed, $"{proven.Archive} stays.")], plan?.Checks.Select(check => (check.Name, check.Verdict, check.Note)));
        Assert.Equal((RunState.Succeeded, $"1 of 1 went; {old.Bytes:N0} bytes were freed."), (run.State, run.Message));
        Assert.Equal([proven.Archive], ground.Engine.Backups.List().Select(manifest => manifest.Archive));
        Assert.False(File.Exists(ground.Engine.Backups.ManifestPathOf(old.Archive)));
        Assert.Equal([proven.Archive, proven.Archive + ".manifest.json"], await ground.Engine.Get<CopyPlan>().Places[0].ListAsync(Token));
        Assert.Null(await PlanAsync(ground.Engine));
    }

    [Fact]
    public async Task Asks_for_the_typed_name_and_a_reason()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        await OldAndProvenAsync(ground);

        var result = await ground.Engine.Intake.AcceptAsync(TestEngine.Call("prune-backups", door: Door.CommandLine), Token);

        Assert.Equal("Confirm it with the name of what is changed: staging.", Assert.IsType<IntakeResult.Unconfirmed>(result).Sentence);
    }

    [Fact]
    public async Task Deletes_nothing_that_fell_due_after_nobody_had_to_confirm_anything()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var runId = await ground.Engine.AcceptAsync("prune-backups");
        var (old, _) = await OldAndProvenAsync(ground, environment: "staging", beside: true);

        var run = await ground.Engine.Runner.RunAsync(runId, Token);

        Assert.Equal((RunState.Succeeded, "Nothing was due."), (run?.State, run?.Message));
        Assert.True(File.Exists(ground.Engine.Backups.PathOf(old.Archive)));
    }

    [Fact]
    public async Task Refuses_when_something_else_has_fallen_due_since_the_plan()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        await OldAndProvenAsync(ground);
        var runId = await ground.Engine.AcceptAsync("prune-backups", confirm: "staging");
        File.WriteAllText(ground.Engine.Backups.PathOf(".backup-staging-20260101-000000.gz.0123456789abcdef01234567.tmp"), "left");

        var run = await ground.Engine.Runner.RunAsync(runId, Token);

        Assert.Equal(RunState.Failed, run?.State);
        Assert.StartsWith("The world has changed since the plan was confirmed: now 'step Delete .backup-staging-", run?.Message, StringComparison.Ordinal);
        Assert.Equal(2, ground.Engine.Backups.List().Count);
    }

    [Fact]
    public async Task Clears_what_interrupted_runs_left_and_what_restores_set_aside()
    {
        var sets = new Sets();
        await using var ground = await BackupGround.MakeAsync(mongo);
        using var engine = new TestEngine(ground.Settings, configure: services => services.AddSingleton<IExpiredSets>(sets));
        var manifest = await ground.BackUpAsync();
        var orphan = engine.Backups.PathOf("backup-staging-20250101-000000.gz.manifest.json");
        File.WriteAllBytes(orphan, (manifest with { Archive = "backup-staging-20250101-000000.gz" }).ToJson());
        var temporary = engine.Backups.PathOf(".safety-staging-20260101-000000.gz.0123456789abcdef01234567.tmp");
        File.WriteAllText(temporary, "left");

        var plan = await PlanAsync(engine);
        var run = await engine.RunAsync("prune-backups", confirm: "staging", stopping: Token);

        Assert.Equal(
            [$"Delete {Path.GetFileName(temporary)}", $"Delete {Path.GetFileName(orphan)}", "Drop data__before_1"],
            plan?.Steps.Select(step => step.What));
        Assert.Equal(RunState.Succeeded, run.State);
        Assert.False(File.Exists(orphan) || File.Exists(temporary));
        Assert.Equal(["data__before_1"], sets.Dropped);
        Assert.Single(engine.Backups.List());
    }

    /// <summary>Else a backup that begins there would change the plan that was confirmed here.</summary>
    [Theory]
    [InlineData(".backup-production-20260101-000000.gz.0123456789abcdef01234567.tmp")]
    [InlineData(".backup-staging-eu-20260101-000000.gz.0123456789abcdef01234567.tmp")]
    public async Task Leaves_the_leftovers_of_another_environment_to_that(string name)
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        ground.Engine.Backups.Prepare();
        await File.WriteAllTextAsync(ground.Engine.Backups.PathOf(name), "left", Token);

        Assert.Null(await PlanAsync(ground.Engine));
    }

    [Fact]
    public async Task Takes_test_backups_away_at_once_when_asked_and_touches_no_real_one()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var real = await ground.BackUpEarlierAsync("staging", TimeSpan.FromDays(3));
        var test = await ground.BackUpAsync(new JsonObject { ["kind"] = "test" });
        Assert.Null(await PlanAsync(ground.Engine));

        var run = await ground.Engine.RunAsync("prune-backups", request: new JsonObject { ["tests"] = true }, confirm: "staging", stopping: Token);

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.False(File.Exists(ground.Engine.Backups.PathOf(test.Archive)));
        Assert.Equal([real.Archive], ground.Engine.Backups.List().Select(manifest => manifest.Archive));
    }

    [Fact]
    public async Task Keeps_what_an_active_run_reads()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var (old, _) = await OldAndProvenAsync(ground);
        var reading = await ground.Engine.AcceptAsync("verify-backup", request: new JsonObject { ["archive"] = old.Archive });

        Assert.Null(await PlanAsync(ground.Engine));
        await ground.Engine.Runner.RunAsync(reading, Token);
        Assert.NotNull(await PlanAsync(ground.Engine));
    }

    [Fact]
    public async Task Keeps_what_a_run_has_begun_to_read_between_plan_and_deletion()
    {
        await using var ground = await BackupGround.MakeAsync(mongo);
        var (old, _) = await OldAndProvenAsync(ground);
        var runId = await ground.Engine.AcceptAsync("prune-backups", confirm: "staging");
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Failpoints.StepBegun);
        var running = ground.Engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();

        await ground.Engine.AcceptAsync("verify-backup", request: new JsonObject { ["archive"] = old.Archive });
        pause.Release();

        Assert.Equal(RunState.Succeeded, (await running)?.State);
        Assert.True(File.Exists(ground.Engine.Backups.PathOf(old.Archive)));
    }

    [Fact]
    public async Task Keeps_a_copy_whose_archive_is_gone_until_a_newer_backup_is_proven()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, EngineGround.WithCopies);
        var old = await ground.BackUpEarlierAsync("staging", TimeSpan.FromDays(40));
        File.Delete(ground.Engine.Backups.PathOf(old.Archive));
        File.Delete(ground.Engine.Backups.ManifestPathOf(old.Archive));
        var place = ground.Engine.Get<CopyPlan>().Places[0];

        Assert.Null(await PlanAsync(ground.Engine));
        await ground.ProvenAsync();
        var plan = await PlanAsync(ground.Engine);
        Assert.Equal(RunState.Succeeded, (await ground.Engine.RunAsync("prune-backups", confirm: "staging", stopping: Token)).State);

        Assert.Equal($"Delete the copy of {old.Archive} in place-1", plan?.Steps[0].What);
        Assert.DoesNotContain(old.Archive, await place.ListAsync(Token));
    }

    /// <summary>A place that is down, or a bucket that forbids deletes, must not fill the backup folder.</summary>
    [Fact]
    public async Task Deletes_here_and_whatever_follows_when_a_place_does_not_let_go_and_tries_the_copy_again()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, EngineGround.WithCopies);
        var (old, proven) = await OldAndProvenAsync(ground);
        var place = new StubbornPlace(ground.Engine.Get<CopyPlan>().Places[0]);
        var sets = new Sets();
        using var engine = new TestEngine(ground.Settings, configure: services => services.AddSingleton(_ => new CopyPlan([place])).AddSingleton<IExpiredSets>(sets));

        var run = await engine.RunAsync("prune-backups", confirm: "staging", stopping: Token);

        Assert.Equal(
            (RunState.Succeeded, $"2 of 2 went; {old.Bytes:N0} bytes were freed. The copy of {old.Archive} in place-1 could not be deleted: deletes are forbidden. The next pruning tries it again. Clear unfinished copies in place-1 failed: it is away."),
            (run.State, run.Message));
        Assert.Equal([proven.Archive], engine.Backups.List().Select(manifest => manifest.Archive));
        Assert.False(File.Exists(engine.Backups.PathOf(old.Archive)));
        Assert.Equal(["data__before_1"], sets.Dropped);
        Assert.Contains(old.Archive, await place.ListAsync(Token));

        using var later = new TestEngine(ground.Settings);
        Assert.Equal($"Delete the copy of {old.Archive} in place-1", (await PlanAsync(later))?.Steps[0].What);
        Assert.Equal(RunState.Succeeded, (await later.RunAsync("prune-backups", confirm: "staging", stopping: Token)).State);
        Assert.DoesNotContain(old.Archive, await place.ListAsync(Token));
    }

    [Fact]
    public async Task Warns_at_the_end_of_a_backup_that_a_copy_could_not_go()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, EngineGround.WithCopies);
        var (old, _) = await OldAndProvenAsync(ground);
        var place = new StubbornPlace(ground.Engine.Get<CopyPlan>().Places[0]);
        using var engine = new TestEngine(ground.Settings, configure: services => services.AddSingleton(_ => new CopyPlan([place])));

        var run = await engine.RunAsync("create-backup", stopping: Token);

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.EndsWith($" The copy of {old.Archive} in place-1 could not be deleted: deletes are forbidden. The next pruning tries it again.", run.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(engine.Backups.PathOf(old.Archive)));
    }

    [Fact]
    public async Task Stops_between_two_deletions_when_it_is_cancelled()
    {
        await using var ground = await BackupGround.MakeAsync(mongo, BackupGround.With(settings => settings with { BackupRetention = TimeSpan.FromDays(365) }));
        foreach (var days in new[] { 9, 8 })
            await ground.BackUpEarlierAsync("staging", TimeSpan.FromDays(days));
        await ground.ProvenAsync();
        using var engine = new TestEngine(ground.Settings with { Migration = new() });
        var runId = await engine.AcceptAsync("prune-backups", confirm: "staging");
        using var hook = FailpointHook.Install();
        var pause = hook.PauseAt(Failpoints.FileDeleted, nth: 2);
        var running = engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();

        await ground.CancelAndBeSeenAsync(runId);
        pause.Release();

        Assert.Equal(RunState.Cancelled, (await running)?.State);
        Assert.Equal(2, engine.Backups.List().Count);
        await Invariants.EveryArchiveIsWholeAsync(engine.Backups, Token);
    }

    private static async Task<Plan?> PlanAsync(TestEngine engine) => (await engine.Intake.PreviewAsync(TestEngine.Call("prune-backups"), Token)).Plan;

    /// <summary>One of nine days ago, which is due by the seven days of the default policy, and one that is proven.</summary>
    private static async Task<(BackupManifest Old, BackupManifest Proven)> OldAndProvenAsync(EngineGround ground, string environment = "staging", bool beside = false)
    {
        if (beside)
        {
            // While a queued run holds the environment, files are put there as another machine would.
            await using var other = await EngineGround.MakeAsync(MongoFixture.Current, Token);
            await other.FillTargetAsync(documents: 5, bytesOfEach: 10, Token);
            var manifest = await other.BackUpEarlierAsync(environment, TimeSpan.FromDays(9));
            ground.Engine.Backups.Prepare();
            File.Copy(other.Engine.Backups.PathOf(manifest.Archive), ground.Engine.Backups.PathOf(manifest.Archive));
            File.Copy(other.Engine.Backups.ManifestPathOf(manifest.Archive), ground.Engine.Backups.ManifestPathOf(manifest.Archive));
            return (manifest, manifest);
        }

        // Made with a long retention, so that the second backup's own last step leaves the first.
        using var patient = new TestEngine(ground.Settings with { Migration = ground.Settings.Migration with { BackupRetention = TimeSpan.FromDays(365) } }, time: new ShiftedTime(TimeSpan.FromDays(-9)));
        await patient.RunAsync("create-backup", environment, stopping: Token);
        var old = patient.Backups.List(environment)[0];
        using var now = new TestEngine(patient.Settings);
        await now.RunAsync("create-backup", environment, stopping: Token);
        await now.RunAsync("verify-backup", environment, stopping: Token);
        return (old, now.Backups.List(environment)[0]);
    }

    private sealed class Sets : IExpiredSets
    {
        public List<string> Dropped { get; } = [];

        public Task<IReadOnlyList<ExpiredSet>> ListAsync(string environment, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ExpiredSet>>(Dropped.Count > 0 ? [] : [new ExpiredSet(environment, "data__before_1", "kept until 2026-11-01")]);

        public Task DropAsync(ExpiredSet expired, CancellationToken cancellationToken)
        {
            Dropped.Add(expired.Name);
            return Task.CompletedTask;
        }
    }

    /// <summary>Takes copies and gives none back.</summary>
    private sealed class StubbornPlace(BackupPlace place) : BackupPlace(place.Name)
    {
        public override string Description => place.Description;

        public override bool IsElsewhere => place.IsElsewhere;

        public override Task PutAsync(string objectName, string path, string owner, CancellationToken cancellationToken) => place.PutAsync(objectName, path, owner, cancellationToken);

        public override Task<Stream?> OpenAsync(string objectName, CancellationToken cancellationToken) => place.OpenAsync(objectName, cancellationToken);

        public override Task DeleteAsync(string objectName, CancellationToken cancellationToken) => throw new IOException("deletes are forbidden");

        public override Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => place.ListAsync(cancellationToken);

        public override Task<IReadOnlyList<string>> ClearAsync(Func<string, bool> isGone, CancellationToken cancellationToken) => throw new IOException("it is away");
    }
}
