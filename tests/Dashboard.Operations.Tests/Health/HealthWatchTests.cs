using Dashboard.Operations.Health;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Http;
using Dashboard.Testing.Mongo;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Health;

public sealed class HealthWatchTests(MongoFixture mongo) : IAsyncLifetime
{
    private static readonly string[] Targets = ["/api/health", "/api/health/database", "/api/health/migrations", HealthTargets.Ping];

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2028, 2, 29, 12, 0, 0, TimeSpan.Zero));
    private HealthServer _server = null!;
    private EngineGround _ground = null!;
    private volatile string _status = "ok";
    private int _hung;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await HealthServer.StartAsync(context => context.Response.WriteAsync($$"""{"status":"{{_status}}","version":"1.4.2"}"""));
        _ground = await EngineGround.MakeAsync(mongo, Token, settings => settings with { Address = _server.Address });
    }

    public async ValueTask DisposeAsync()
    {
        await _ground.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Every_target_and_the_whole_become_samples_and_a_report()
    {
        using var engine = new TestEngine(_ground.Settings, time: _time);

        await CheckAsync(engine, Targets);

        var samples = await engine.Database.HealthSamples.Find(Builders<HealthSample>.Filter.Empty).ToListAsync(Token);
        Assert.Equal([.. Targets.Append(HealthTargets.Whole).Order(StringComparer.Ordinal)], samples.Select(sample => sample.Target).Order(StringComparer.Ordinal));
        Assert.All(samples, sample => Assert.Equal((60, HealthState.Healthy), (sample.Seconds, sample.State)));
        var report = await engine.Get<HealthHistory>().LatestAsync("staging", Token);
        Assert.Equal((HealthState.Healthy, "1.4.2", 4), (report!.State, report.Version, report.Checks.Count));
        Assert.All(report.Checks, check => Assert.Equal(_time.GetUtcNow(), check.At));
        Assert.NotNull(await engine.Get<UptimeHistory>().DatabaseAsync("staging", Token));
    }

    [Fact]
    public async Task A_database_is_only_pinged_where_its_performance_is_not_watched()
    {
        var rules = _ground.Settings.Migration with { Monitoring = _ground.Settings.Migration.Monitoring with { PerformanceMonitoring = false } };
        using var engine = new TestEngine(_ground.Settings with { Migration = rules }, time: _time);

        await CheckAsync(engine, Targets);

        Assert.Equal(HealthState.Healthy, (await engine.Get<HealthHistory>().LatestAsync("staging", Token))!.State);
        Assert.Null(await engine.Get<UptimeHistory>().DatabaseAsync("staging", Token));
    }

    [Fact]
    public async Task A_check_that_did_not_run_is_unknown_and_never_green()
    {
        using var engine = new TestEngine(_ground.Settings, time: _time);
        await CheckAsync(engine, Targets);
        _time.Advance(TimeSpan.FromMinutes(4));

        await CheckAsync(engine, "/api/health");

        var report = await engine.Get<HealthHistory>().LatestAsync("staging", Token);
        Assert.Equal(HealthState.Unknown, report!.State);
        Assert.Equal([HealthState.Healthy, HealthState.Unknown, HealthState.Unknown, HealthState.Unknown], report.Checks.Select(check => check.State));
        Assert.Equal("Not checked for too long.", report.Checks[1].Note);
    }

    [Fact]
    public async Task The_whole_is_as_bad_as_the_worst_that_is_known()
    {
        using var engine = new TestEngine(_ground.Settings, time: _time);
        await CheckAsync(engine, Targets);
        _status = "error";
        await CheckAsync(engine, "/api/health/migrations");
        _status = "ok";
        _time.Advance(TimeSpan.FromMinutes(1));

        await CheckAsync(engine, "/api/health");

        Assert.Equal(HealthState.Down, (await engine.Get<HealthHistory>().LatestAsync("staging", Token))!.State);
    }

    [Fact]
    public async Task Asks_each_target_again_at_its_interval_until_it_is_stopped()
    {
        using var engine = new TestEngine(_ground.Settings, time: _time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var watching = engine.Get<HealthWatch>().WatchAsync(engine.Environments.Get("staging"), stopping.Token);
        for (var asked = 3; asked < 15; asked += 3)
        {
            var least = asked;
            await Eventually.TrueAsync(() => _server.Asked >= least, $"{least} questions were asked");
            await Eventually.TrueAsync(
                () =>
                {
                    _time.Advance(TimeSpan.FromSeconds(20));
                    return _server.Asked >= least + 3;
                },
                "the time of the next ones has come");
        }

        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public async Task A_target_that_takes_nearly_all_of_its_interval_is_asked_in_every_slot()
    {
        await using var slow = await HealthServer.StartAsync(context =>
        {
            if (context.Request.Path.Value == "/api/health/database")
            {
                _time.Advance(TimeSpan.FromSeconds(45));
                Interlocked.Increment(ref _hung);
            }

            return context.Response.WriteAsync("""{"status":"error"}""");
        });
        using var engine = new TestEngine(_ground.Settings with { Address = slow.Address }, time: _time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var watching = engine.Get<HealthWatch>().WatchAsync(engine.Environments.Get("staging"), stopping.Token);
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return Volatile.Read(ref _hung) >= 6;
            },
            "it is asked six times");
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        await engine.Get<HealthJournal>().WriteAsync(Token);

        var samples = await engine.Database.HealthSamples.Find(sample => sample.Target == "/api/health/database").SortBy(sample => sample.Slot).ToListAsync(Token);
        Assert.InRange(samples.Count, 5, 6);
        Assert.All(samples.Zip(samples.Skip(1)), pair => Assert.Equal(TimeSpan.FromMinutes(1), pair.Second.Slot - pair.First.Slot));
    }

    [Fact]
    public async Task The_database_tells_what_its_engine_offers()
    {
        var database = _ground.Engine.Environments.Get("staging").Database;
        await database.GetCollection<BsonDocument>("users").Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(new BsonDocument("name", 1)), cancellationToken: Token);

        var facts = await _ground.Engine.Get<DatabaseProbe>().LookAsync(_ground.Engine.Environments.Get("staging"), Token);

        Assert.NotNull(facts);
        Assert.True(facts.PingMilliseconds > 0 && facts.QueryMilliseconds > 0);
        if (mongo.IsGenuine)
        {
            Assert.Contains(facts.Indexes!, index => index.Index == "users.name_1");
            Assert.True(facts.Connections is { Open: > 0, InUse: > 0 } connections && connections.Limit > connections.Open);
            Assert.Equal("currentOp", facts.SlowQuerySource);
        }
        else
        {
            Assert.NotEqual("profiler", facts.SlowQuerySource);
        }
    }

    [Fact]
    public async Task A_database_that_does_not_answer_tells_nothing()
    {
        using var client = new MongoClient($"mongodb://127.0.0.1:{HealthServer.Nowhere().Port}/?serverSelectionTimeoutMS=300");

        Assert.Null(await _ground.Engine.Get<DatabaseProbe>().LookAsync(_ground.Engine.Environments.Get("staging") with { Database = client.GetDatabase("app") }, Token));
    }

    private static async Task CheckAsync(TestEngine engine, params string[] targets)
    {
        foreach (var target in targets)
            await engine.Get<HealthWatch>().CheckAsync(engine.Environments.Get("staging"), target, Token);
        await engine.Get<HealthJournal>().WriteAsync(Token);
    }
}
