using System.Text.Json.Nodes;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Running;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups.Restoring;

/// <summary>What an undo refuses, how long what was there before is kept, and what becomes of it then.</summary>
public sealed class UndoRestoreTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string Staging = "e001";
    private RestoreGround _ground = null!;
    private Run _restored = null!;
    private string _old = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TestEngine Engine => _ground.Engine;

    private IMongoDatabase Database => _ground.DatabaseOf(Staging);

    public async ValueTask InitializeAsync()
    {
        _ground = await RestoreGround.MakeAsync(mongo, Token);
        _old = await _ground.FillOldAsync(Staging, Token);
        _restored = await _ground.RestoreAsync(Staging);
    }

    public ValueTask DisposeAsync() => _ground.DisposeAsync();

    [Fact]
    public async Task Refuses_what_was_never_restored_or_undone_already()
    {
        await AssertBlockedAsync(Engine, "e002", request: null, "There is no restore of e002 that could be undone.");
        await AssertBlockedAsync(Engine, "e002", new JsonObject { ["run"] = _restored.Id }, $"The restore {_restored.Id} was of e001, not of e002.");
        await AssertBlockedAsync(Engine, Staging, new JsonObject { ["run"] = new string('0', 24) }, "There is no restore with the id");
        var undone = await Engine.RunConfirmedAsync("undo-restore", Staging);
        await AssertBlockedAsync(Engine, Staging, new JsonObject { ["run"] = _restored.Id }, $"has been undone already, by run {undone.Id}.");
    }

    [Fact]
    public async Task Refuses_when_what_was_kept_is_not_whole_any_more()
    {
        await Database.DropCollectionAsync($"__before_{_restored.Id}.characters", Token);

        await AssertBlockedAsync(Engine, Staging, request: null, "What is kept is not whole any more: characters is gone. Restore the safety backup safety-e001-");
        Assert.Equal(_ground.New, await _ground.StateAsync(Staging, Token));
    }

    [Fact]
    public async Task Is_blocked_once_the_time_is_over_and_the_pruning_then_drops_what_was_kept()
    {
        using var later = new TestEngine(_ground.Ground.Settings with { ClockOffset = TimeSpan.FromHours(73) });
        Assert.Empty(await Engine.Get<IExpiredSets>().ListAsync(Staging, Token));

        await AssertBlockedAsync(later, Staging, request: null, "restore the safety backup safety-e001-");
        var expired = Assert.Single(await later.Get<IExpiredSets>().ListAsync(Staging, Token));
        Assert.Contains(_restored.Id, expired.Name, StringComparison.Ordinal);
        await later.Get<IExpiredSets>().DropAsync(expired, Token);
        await later.Get<IExpiredSets>().DropAsync(expired, Token);

        Assert.Empty(await DatabaseState.BesideAsync(Database, "__", Token));
        Assert.Equal(RestoreState.Expired, (await _ground.Journal.FindAsync(_restored.Id, Token))?.State);
        Assert.Equal(_ground.New, await _ground.StateAsync(Staging, Token));
        await AssertBlockedAsync(Engine, Staging, new JsonObject { ["run"] = _restored.Id }, "and is gone; restore its safety backup safety-e001-");
    }

    [Fact]
    public async Task Finds_what_dead_runs_left_and_leaves_alone_what_may_be_in_use()
    {
        var (dead, young) = (ObjectId.GenerateNewId(DateTime.UnixEpoch), ObjectId.GenerateNewId());
        await Database.CreateCollectionAsync($"__restore_{dead}.x", cancellationToken: Token);
        await Database.CreateCollectionAsync($"__restore_{young}.x", cancellationToken: Token);

        var expired = Assert.Single(await Engine.Get<IExpiredSets>().ListAsync(Staging, Token));

        Assert.Equal((true, "left by a run that the dashboard does not know"), (expired.Name.Contains(dead.ToString(), StringComparison.Ordinal), expired.Why));
        await Engine.Get<IExpiredSets>().DropAsync(expired, Token);
        Assert.Equal([$"__restore_{young}.x"], await DatabaseState.BesideAsync(Database, "__restore_", Token));
    }

    [Fact]
    public async Task Keeps_what_was_written_since_the_restore()
    {
        await Database.GetCollection<BsonDocument>("journal").InsertOneAsync(new BsonDocument("since", true), cancellationToken: Token);
        await Database.GetCollection<BsonDocument>("diary").InsertOneAsync(new BsonDocument("since", true), cancellationToken: Token);

        var undone = await Engine.RunConfirmedAsync("undo-restore", Staging);

        Assert.Equal(_old, await _ground.StateAsync(Staging, Token));
        foreach (var name in new[] { "journal", "diary" })
            Assert.Equal(1, await Database.GetCollection<BsonDocument>($"__before_{undone.Id}.{name}").CountDocumentsAsync("{ since: true }", cancellationToken: Token));
    }

    [Fact]
    public async Task Runs_once_however_often_it_is_delivered_at_once()
    {
        var runId = await Engine.ConfirmAsync("undo-restore", Staging);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Engine.Runner.RunAsync(runId, Token)));

        Assert.True(await Invariants.OldOrNewAsync(Database, _ground.New, _old, await Engine.FindAsync(runId), Token));
    }

    [Fact]
    public async Task Does_nothing_when_it_was_cancelled_before_it_swaps_back()
    {
        using var hook = FailpointHook.Install();
        var runId = await Engine.ConfirmAsync("undo-restore", Staging);
        var pause = hook.PauseAt(Operations.Faults.Failpoints.StepBegins, nth: 2);
        var running = Engine.Runner.RunAsync(runId, Token);
        await pause.ReachedAsync();
        await Engine.Runs.CancelAsync(runId, "Tess", Token);
        await Task.WhenAny(running, Eventually.TrueAsync(async () => (await Engine.Runs.BeatAsync(runId, Token))?.CancelRequestedBy is not null, "the cancel is stored"));
        await Task.Delay(Engine.Options.Heartbeat * 3, Token);
        pause.Release();

        Assert.Equal(RunState.Cancelled, (await running)?.State);
        Assert.Equal(_ground.New, await _ground.StateAsync(Staging, Token));
    }

    private static async Task AssertBlockedAsync(TestEngine engine, string environment, JsonObject? request, string note)
    {
        var blocked = Assert.IsType<IntakeResult.Blocked>(await engine.Intake.AcceptAsync(TestEngine.Call("undo-restore", environment, request), Token));

        Assert.Contains(note, blocked.Sentence, StringComparison.Ordinal);
    }
}
