using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace Dashboard.Operations.Tests.Running;

public sealed class RunFeedTests(MongoFixture mongo) : IAsyncLifetime
{
    private readonly StoreState _store = new(TimeProvider.System);
    private EngineGround _ground = null!;
    private RunFeed _feed = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ground = await EngineGround.MakeAsync(mongo, Token);
        _feed = FeedOf(_ground.Engine);
    }

    public ValueTask DisposeAsync() => _ground.DisposeAsync();

    [Fact]
    public async Task Tells_of_a_run_from_its_queueing_to_its_end_with_each_line_once()
    {
        var runId = await _ground.Engine.AcceptAsync("ledger-operation");
        var updates = new ConcurrentQueue<RunUpdate>();
        using var following = _feed.FollowRun(runId, afterLine: 0, updates.Enqueue);
        await Eventually.TrueAsync(() => !updates.IsEmpty, "the queued run is shown");

        await _ground.Engine.Runner.RunAsync(runId, Token);
        await Eventually.TrueAsync(() => updates.Last().Run.State == RunState.Succeeded, "the end is shown");

        Assert.Equal(RunState.Queued, updates.First().Run.State);
        var stored = await _ground.Engine.History.LinesAsync(runId, 0, Token);
        Assert.Equal(stored.Select(line => line.Number), updates.SelectMany(update => update.NewLines).Select(line => line.Number));
    }

    [Fact]
    public async Task Begins_after_the_lines_that_a_page_has_already()
    {
        var run = await _ground.Engine.RunAsync("ledger-operation", stopping: Token);
        var updates = new ConcurrentQueue<RunUpdate>();

        using var following = _feed.FollowRun(run.Id, afterLine: 5, updates.Enqueue);
        await Eventually.TrueAsync(() => !updates.IsEmpty, "the run is shown");

        Assert.Equal([6, 7], updates.First().NewLines.Select(line => line.Number));
    }

    [Fact]
    public async Task Is_never_behind_a_run_that_says_more_than_anybody_reads()
    {
        var engine = _ground.Engine;
        var run = (await engine.Runs.ClaimAsync(await engine.AcceptAsync("ledger-operation"), "a worker", Token))!;
        using var journal = new RunJournal(run, engine.Runs, engine.Database, engine.Options, isDetailed: false, TimeProvider.System, NullLogger.Instance);
        for (var number = 1; number <= RunFeed.LinesOfUpdate * 3; number++)
            journal.Add(LineLevel.Info, $"line {number}");
        await journal.FlushAsync(Token);
        var updates = new ConcurrentQueue<RunUpdate>();

        using var following = _feed.FollowRun(run.Id, afterLine: 0, updates.Enqueue);
        await Eventually.TrueAsync(() => !updates.IsEmpty, "the run is shown");
        journal.Add(LineLevel.Info, "one more");
        await journal.FlushAsync(Token);
        await Eventually.TrueAsync(() => updates.Count == 2, "the line after is shown");

        Assert.Equal(Enumerable.Range((RunFeed.LinesOfUpdate * 2) + 1, RunFeed.LinesOfUpdate), updates.First().NewLines.Select(line => line.Number));
        Assert.Equal("one more", Assert.Single(updates.Last().NewLines).Text);
    }

    [Fact]
    public async Task Serves_the_others_when_one_page_fails_and_says_nothing_after_a_page_has_gone()
    {
        var runId = await _ground.Engine.AcceptAsync("ledger-operation");
        var updates = new ConcurrentQueue<RunUpdate>();
        var gone = new ConcurrentQueue<RunUpdate>();
        using var failing = _feed.FollowRun(runId, 0, _ => throw new InvalidOperationException("The circuit is gone."));
        using var following = _feed.FollowRun(runId, 0, updates.Enqueue);
        _feed.FollowRun(runId, 0, gone.Enqueue).Dispose();

        await _ground.Engine.Runner.RunAsync(runId, Token);
        await Eventually.TrueAsync(() => updates.LastOrDefault()?.Run.State == RunState.Succeeded, "the end is shown");

        Assert.Empty(gone);
    }

    [Fact]
    public async Task Follows_again_after_the_last_page_has_gone()
    {
        var run = await _ground.Engine.RunAsync("ledger-operation", stopping: Token);
        for (var visit = 0; visit < 20; visit++)
        {
            var updates = new ConcurrentQueue<RunUpdate>();
            using var following = _feed.FollowRun(run.Id, 0, updates.Enqueue);
            await Eventually.TrueAsync(() => !updates.IsEmpty, "the run is shown");
        }

        Assert.Null(_store.AwaySince);
    }

    [Fact]
    public async Task Shows_the_newest_runs_when_one_of_them_changed()
    {
        var lists = new ConcurrentQueue<IReadOnlyList<Run>>();
        using var following = _feed.FollowRecent(2, lists.Enqueue);
        await Eventually.TrueAsync(() => !lists.IsEmpty, "the empty list is shown");

        var ids = new List<string>();
        for (var number = 0; number < 3; number++)
            ids.Add((await _ground.Engine.RunAsync("ledger-reading", request: new JsonObject { ["steps"] = 1 }, stopping: Token)).Id);
        await Eventually.TrueAsync(() => lists.Last() is [{ IsActive: false }, _] newest && newest[0].Id == ids[2], "the newest is shown");

        Assert.Empty(lists.First());
        Assert.Equal(ids[1], lists.Last()[1].Id);
    }

    [Fact]
    public async Task Says_that_the_database_is_away_and_goes_on_when_it_is_back()
    {
        await using var proxy = FaultProxy.InFrontOf(_ground.Settings.ConnectionString);
        using var engine = new TestEngine(_ground.Settings with { ConnectionString = proxy.Through(_ground.Settings.ConnectionString), StorePatience = TimeSpan.FromMilliseconds(500) });
        var runId = await _ground.Engine.AcceptAsync("ledger-operation");
        var updates = new ConcurrentQueue<RunUpdate>();
        using var following = FeedOf(engine).FollowRun(runId, 0, updates.Enqueue);
        await Eventually.TrueAsync(() => !updates.IsEmpty, "the run is shown");

        proxy.Faults = new ProxyFaults { Down = true };
        await Eventually.TrueAsync(() => _store.AwaySince is not null, "the database is known to be away");
        Assert.NotNull(_store.Problem);
        await _ground.Engine.Runner.RunAsync(runId, Token);
        proxy.Faults = ProxyFaults.None;

        await Eventually.TrueAsync(() => updates.Last().Run.State == RunState.Succeeded, "the end is shown");
        Assert.Null(_store.AwaySince);
    }

    /// <summary>Counted by the driver's commands; a run that goes on, followed through the same feed, says that time has passed.</summary>
    [Fact]
    public async Task Asks_no_more_for_a_run_whose_end_every_page_was_shown_and_asks_again_for_a_page_that_comes_later()
    {
        var reads = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var settings = MongoClientSettings.FromConnectionString(mongo.ConnectionString);
        settings.ClusterConfigurator = cluster => cluster.Subscribe<CommandStartedEvent>(asked =>
        {
            if (asked.CommandName == "find" && asked.Command["find"] == "runs" && asked.Command["filter"].AsBsonDocument.TryGetValue("_id", out var id) && id.IsString)
                reads.AddOrUpdate(id.AsString, 1, (_, count) => count + 1);
        });
        using var client = new MongoClient(settings);
        var feed = new RunFeed(new RunHistory(new DashboardDatabase(client, _ground.Engine.Database.Database.DatabaseNamespace.DatabaseName)), _store, TimeProvider.System, NullLogger<RunFeed>.Instance);
        var (ending, going) = (await _ground.Engine.AcceptAsync("ledger-operation"), (await _ground.Engine.AcceptAsync("ledger-operation", "production")));
        var (one, other) = (new ConcurrentQueue<RunUpdate>(), new ConcurrentQueue<RunUpdate>());
        using var first = feed.FollowRun(ending, 0, one.Enqueue);
        using var second = feed.FollowRun(ending, 0, other.Enqueue);
        using var beside = feed.FollowRun(going, 0, _ => { });
        await Eventually.TrueAsync(() => reads.GetValueOrDefault(ending) > 2, "the run is asked for");

        await _ground.Engine.Runner.RunAsync(ending, Token);
        await Eventually.TrueAsync(() => one.LastOrDefault()?.Run.IsActive == false && other.LastOrDefault()?.Run.IsActive == false, "both pages are shown the end");
        await PassAsync();
        var asked = reads[ending];
        await PassAsync();
        await PassAsync();

        Assert.Equal(asked, reads[ending]);
        var later = new ConcurrentQueue<RunUpdate>();
        using var third = feed.FollowRun(ending, 0, later.Enqueue);
        await Eventually.TrueAsync(() => later.Count == 1, "a page that comes later is shown the end");
        Assert.Equal(one.SelectMany(update => update.NewLines).Select(line => line.Number), later.Single().NewLines.Select(line => line.Number));

        Task PassAsync()
        {
            var before = reads.GetValueOrDefault(going);
            return Eventually.TrueAsync(() => reads.GetValueOrDefault(going) >= before + 4, "the run that goes on is asked for");
        }
    }

    private RunFeed FeedOf(TestEngine engine) => new(engine.History, _store, TimeProvider.System, NullLogger<RunFeed>.Instance);
}
