using Dashboard.Hosting;
using Dashboard.Jobs;
using Dashboard.Operations.Logs;
using Dashboard.Operations.Platforms;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Time.Testing;

namespace Dashboard.Tests.Jobs;

/// <summary>The poll's own clock is the test's: it goes on only when the test says so.</summary>
public sealed class LogPollTests(MongoFixture mongo)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly Warnings<LogPoll> _warnings = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stores_what_the_platform_has_again_and_again_and_each_line_once()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        ground.Engine.Platform.Print(Now, "first");
        using var poll = PollOf(ground.Engine);
        await poll.StartAsync(Token);
        await Eventually.TrueAsync(async () => (await TextsAsync(ground, "staging")).Count == 1, "the first line is stored");

        ground.Engine.Platform.Print(Now.AddSeconds(1), "second");
        await GoesOnAsync(async () => (await TextsAsync(ground, "staging")).Count == 2, "the second line is stored");
        await poll.StopAsync(Token);

        Assert.Equal(["first", "second"], await TextsAsync(ground, "staging"));
        Assert.Equal(["first", "second"], await TextsAsync(ground, "production"));
        Assert.Empty(_warnings.All);
    }

    [Fact]
    public async Task Asks_less_often_while_the_platform_is_away_says_so_once_and_captures_when_it_is_back()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token, settings => settings with { Environments = ["staging"] });
        var platform = ground.Engine.Platform;
        platform.Print(Now, "kept");
        platform.Failure = new PlatformException(PlatformFailure.Unreachable, "Fly.io cannot be reached.");
        using var poll = PollOf(ground.Engine);
        await poll.StartAsync(Token);

        await GoesOnAsync(() => Task.FromResult(platform.LogReads >= 6), "it has asked six times");

        // 6, 12, 24, 48 and 60 seconds between them.
        Assert.InRange(_time.GetUtcNow() - Now, TimeSpan.FromSeconds(150), TimeSpan.MaxValue);
        Assert.Equal("The log of staging is not captured now: Fly.io cannot be reached.", Assert.Single(_warnings.All));

        platform.Failure = null;
        await GoesOnAsync(async () => (await TextsAsync(ground, "staging")).Count == 1, "the line is stored");
        platform.Failure = new PlatformException(PlatformFailure.Unreachable, "It is away again.");
        await GoesOnAsync(() => Task.FromResult(_warnings.All.Count == 2), "it is said that it is away again");
        await poll.StopAsync(Token);
    }

    [Fact]
    public async Task Outlives_a_database_that_is_away_and_stores_the_lines_when_it_is_back()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token, settings => settings with { Environments = ["staging"] });
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        using var engine = new TestEngine(ground.Settings with { ConnectionString = proxy.Through(mongo.ConnectionString), StorePatience = TimeSpan.FromMilliseconds(500) });
        engine.Platform.Print(Now, "of the time without a database");
        proxy.Faults = new ProxyFaults { Down = true };
        using var poll = PollOf(engine);
        await poll.StartAsync(Token);
        await Eventually.TrueAsync(() => _warnings.All.Count == 1, "it is said that the log is not captured");

        proxy.Faults = ProxyFaults.None;
        await GoesOnAsync(async () => (await TextsAsync(ground, "staging")).Count == 1, "the line is stored");
        await poll.StopAsync(Token);

        Assert.StartsWith("The log of staging is not captured now: ", Assert.Single(_warnings.All), StringComparison.Ordinal);
        Assert.Equal(["of the time without a database"], await TextsAsync(ground, "staging"));
    }

    private LogPoll PollOf(TestEngine engine) =>
        new(engine.Get<LogCapture>(), engine.Get<LogStore>(), engine.Environments, new Readiness(platform: null), _time, _warnings);

    private static async Task<IReadOnlyList<string>> TextsAsync(EngineGround ground, string environment) =>
        [.. (await ground.Engine.Get<LogStore>().ReadAsync(new LogQuery(environment, Now.AddDays(-1)), Token)).Lines.Select(line => line.Text)];

    /// <summary>Lets the poll's clock go on until it is so.</summary>
    private Task GoesOnAsync(Func<Task<bool>> isSo, string what) => Eventually.TrueAsync(
        async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return await isSo();
        },
        what);
}
