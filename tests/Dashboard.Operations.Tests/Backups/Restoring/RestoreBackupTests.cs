using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>What a restore does when nothing goes wrong, and what it refuses.</summary>
public sealed partial class RestoreBackupTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string Staging = "e001";
    private RestoreGround _ground = null!;
    private string _old = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TestEngine Engine => _ground.Engine;

    private IMongoDatabase Database => _ground.DatabaseOf(Staging);

    public async ValueTask InitializeAsync()
    {
        _ground = await RestoreGround.MakeAsync(mongo, Token);
        _old = await _ground.FillOldAsync(Staging, Token);
    }

    public ValueTask DisposeAsync() => _ground.DisposeAsync();

    [Fact]
    public async Task Makes_the_database_exactly_the_archive_and_keeps_what_was_there()
    {
        var run = await _ground.RestoreAsync(Staging);

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.True(await Invariants.OldOrNewAsync(Database, _old, _ground.New, run, Token));
        Assert.Equal(
            ["characters", "extra", "users"],
            (await DatabaseState.BesideAsync(Database, "__before_", Token)).Select(name => name[$"__before_{run.Id}.".Length..]));
        var record = await _ground.Journal.FindAsync(run.Id, Token);
        Assert.Equal((RestoreState.Swapped, _ground.Archive), (record?.State, record?.Archive));
        Assert.Equal(TimeSpan.FromHours(72), record?.ExpiresAt - record?.SwappedAt);
        Assert.Equal(
            ["Look at the archive and the database", "Safety backup: look at the database", "Safety backup: write the archive", "Safety backup: read back and prove", "Safety backup: publish", "Restore beside the live data", "Compare", "Swap"],
            run.Steps.Select(step => step.Title));
    }

    [Fact]
    public async Task Saves_what_is_there_first_whatever_it_is_called()
    {
        var run = await _ground.RestoreAsync(Staging);

        var safety = Assert.Single(Engine.Backups.List(Staging), manifest => manifest.Kind == BackupKind.Safety);
        Assert.Equal(safety.Archive, (await _ground.Journal.FindAsync(run.Id, Token))?.SafetyBackup);
        await Invariants.EveryArchiveIsWholeAsync(Engine.Backups, Token);
        var back = await Engine.RunConfirmedAsync("restore-backup", Staging, new JsonObject { ["archive"] = safety.Archive });
        Assert.Equal((RunState.Succeeded, back.Message), (back.State, back.Message));
        Assert.Equal(_old, await _ground.StateAsync(Staging, Token));
    }

    [Fact]
    public async Task Is_undone_and_the_undo_undone_and_both_say_so()
    {
        var restored = await _ground.RestoreAsync(Staging);

        var undone = await Engine.RunConfirmedAsync("undo-restore", Staging);
        Assert.Equal((RunState.Succeeded, undone.Message), (undone.State, undone.Message));
        Assert.True(await Invariants.OldOrNewAsync(Database, _ground.New, _old, undone, Token));
        Assert.Equal((RestoreState.Undone, undone.Id), ((await _ground.Journal.FindAsync(restored.Id, Token))?.State, (await _ground.Journal.FindAsync(restored.Id, Token))?.UndoneBy));

        var again = await Engine.RunConfirmedAsync("undo-restore", Staging, new JsonObject { ["run"] = undone.Id });
        Assert.Equal((RunState.Succeeded, again.Message), (again.State, again.Message));
        Assert.Equal(_ground.New, await _ground.StateAsync(Staging, Token));
    }

    [Fact]
    public async Task Shows_in_its_plan_what_becomes_of_each_name()
    {
        var plan = (await Engine.Intake.PreviewAsync(TestEngine.Call("restore-backup", Staging, _ground.Request()), Token)).Plan;

        Assert.Equal(Database.DatabaseNamespace.DatabaseName, plan?.Target);
        Assert.Equal(
            [
                "characters: moved aside to __before_<run>.characters, the other takes its place",
                "extra: moved aside to __before_<run>.extra",
                "gone: the view goes",
                "heroes: the view is made anew",
                "journal: new",
                "users: moved aside to __before_<run>.users, the other takes its place",
            ],
            plan?.Steps.Skip(3).Select(step => step.What));
        Assert.Equal("12 documents now, 30 afterwards", plan?.Steps[3].Detail);
        Assert.Empty(plan?.Blocks ?? []);
        Assert.Contains("within 72 hours", plan?.Undo, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_all_and_changes_nothing_in_a_dry_run_beside_the_holder_of_the_lease()
    {
        await Engine.AcceptAsync("ledger-operation", Staging);

        var run = await Engine.RunAsync("restore-backup", Staging, _ground.Request(("dryRun", true)), stopping: Token);

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.EndsWith("would become its 4 collections with 55 documents. Nothing was changed.", run.Message, StringComparison.Ordinal);
        var lines = (await Engine.History.LinesAsync(run.Id, 0, Token)).Select(line => line.Text).ToList();
        Assert.Contains("characters: moved aside to __before_<run>.characters, the other takes its place (12 documents now, 30 afterwards)", lines);
        Assert.Contains(lines, line => line.StartsWith("characters: an index differs now:", StringComparison.Ordinal));
        Assert.Equal(_old, await _ground.StateAsync(Staging, Token));
        Assert.Empty(await DatabaseState.BesideAsync(Database, "__", Token));
        Assert.Null(await _ground.Journal.FindAsync(run.Id, Token));
        Assert.Empty(Engine.Backups.List(Staging));
    }

    [Fact]
    public async Task Restores_into_a_new_database_which_the_undo_empties_again()
    {
        var name = $"{_ground.Ground.Settings.TargetDatabase}-test";

        var run = await _ground.RestoreAsync(Staging, ("targetDatabase", name));

        Assert.Equal((RunState.Succeeded, run.Message), (run.State, run.Message));
        Assert.Equal(_ground.New, await DatabaseState.OfAsync(Engine.Client.GetDatabase(name), Token));
        Assert.Equal(_old, await _ground.StateAsync(Staging, Token));
        Assert.Empty(Engine.Backups.List(Staging));
        Assert.Equal(RunState.Succeeded, (await Engine.RunConfirmedAsync("undo-restore", Staging)).State);
        Assert.Equal(string.Empty, await DatabaseState.OfAsync(Engine.Client.GetDatabase(name), Token));
    }

    [Fact]
    public async Task Counts_instead_of_reading_back_when_that_was_said()
    {
        var run = await _ground.RestoreAsync(Staging, ("verify", false));

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Contains("55 documents counted, 0 differences", run.Steps.Single(step => step.Title == "Compare").Note, StringComparison.Ordinal);
        Assert.Equal(_ground.New, await _ground.StateAsync(Staging, Token));
    }

    [Fact]
    public async Task Cancels_while_it_loads_and_leaves_nothing_beside()
    {
        using var hook = FailpointHook.Install();
        var runId = await Engine.ConfirmAsync("restore-backup", Staging, _ground.Request());
        var pause = hook.PauseAt(Failpoints.RestoreStored);
        var running = Engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();
        await Engine.Runs.CancelAsync(runId, "Tess", Token);
        await Eventually.TrueAsync(async () => (await Engine.FindAsync(runId)).CancelRequestedBy is not null, "the cancel is stored");
        pause.Release();

        var run = await running;

        Assert.NotNull(run);
        if (run.State == RunState.Cancelled)
        {
            Assert.Equal(_old, await _ground.StateAsync(Staging, Token));
            Assert.Equal(RestoreState.Abandoned, (await _ground.Journal.FindAsync(runId, Token))?.State);
        }

        Assert.Empty(await DatabaseState.BesideAsync(Database, "__restore_", Token));
    }

    [Fact]
    public async Task Runs_once_however_often_it_is_delivered_at_once()
    {
        var runId = await Engine.ConfirmAsync("restore-backup", Staging, _ground.Request());
        using var hook = FailpointHook.Install();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Engine.Runner.RunAsync(runId, Token)));

        Assert.Equal(1, hook.CountOf(Failpoints.BodyBegins));
        Assert.True(await Invariants.OldOrNewAsync(Database, _old, _ground.New, await Engine.FindAsync(runId), Token));
        Assert.Equal(3, (await DatabaseState.BesideAsync(Database, "__before_", Token)).Count);
    }

    [Fact]
    public async Task Keeps_what_the_application_makes_in_the_middle_of_the_swap_and_says_so()
    {
        using var hook = FailpointHook.Install();
        hook.On(Failpoints.SwapRenamed, nth: 1, times: 1, _ =>
            Database.GetCollection<BsonDocument>("characters").InsertOneAsync(new BsonDocument("late", true), cancellationToken: Token));

        var run = await _ground.RestoreAsync(Staging);

        Assert.Contains($"__stray_{run.Id}.characters", run.Message, StringComparison.Ordinal);
        Assert.True(await Invariants.OldOrNewAsync(Database, _old, _ground.New, run, Token));
        Assert.Equal(1, await Database.GetCollection<BsonDocument>($"__stray_{run.Id}.characters").CountDocumentsAsync("{ late: true }", cancellationToken: Token));
    }

    [Fact]
    public async Task Stops_when_the_safety_backup_cannot_be_written()
    {
        var runId = await Engine.ConfirmAsync("restore-backup", Staging, _ground.Request());
        using var hook = FailpointHook.Install();
        hook.ThrowAt(Failpoints.FileWrites, () => new IOException("No space left on device"));

        var run = await Engine.Runner.RunAsync(runId, Token);

        Assert.Equal(RunState.Failed, run?.State);
        Assert.StartsWith("There is no safety backup, so nothing was changed.", run?.Message, StringComparison.Ordinal);
        Assert.Equal(_old, await _ground.StateAsync(Staging, Token));
    }

    [Fact]
    public async Task Refuses_names_that_it_could_not_move_aside()
    {
        await Database.CreateCollectionAsync(new string('n', 150), cancellationToken: Token);
        await Database.DropCollectionAsync("users", Token);
        await Database.RunCommandAsync<BsonDocument>(new BsonDocument { ["create"] = "users", ["viewOn"] = "characters", ["pipeline"] = new BsonArray() }, cancellationToken: Token);

        await AssertBlockedAsync(_ground.Request(), "Names can be swapped", "users: a view on one side and a collection on the other.");
    }

    private async Task<string> CopyAsync(string name)
    {
        await using var from = File.OpenRead(Engine.Backups.PathOf(_ground.Archive));
        await using var to = File.Create(Engine.Backups.PathOf(name));
        await from.CopyToAsync(to, Token);
        return name;
    }

    private async Task AssertBlockedAsync(JsonObject request, string check, string note)
    {
        var call = TestEngine.Call("restore-backup", Staging, request);

        var blocked = Assert.IsType<IntakeResult.Blocked>(await Engine.Intake.AcceptAsync(call, Token));

        Assert.Contains(blocked.Plan.Blocks, block => block.Name == check && block.Note.Contains(note, StringComparison.Ordinal));
        Assert.Empty(await DatabaseState.BesideAsync(Database, "__", Token));
    }
}
