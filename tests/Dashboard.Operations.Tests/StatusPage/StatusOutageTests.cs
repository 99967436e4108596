using Dashboard.Operations.StatusPage;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Time.Testing;

namespace Dashboard.Operations.Tests.StatusPage;

/// <summary>LD3: the store goes away while people look, and comes back.</summary>
public sealed class StatusOutageTests(MongoFixture mongo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_last_good_page_is_shown_at_once_while_the_store_is_away_and_the_truth_when_it_is_back()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
        using var engine = new TestEngine(ground.Settings with { ConnectionString = proxy.Through(ground.Settings.ConnectionString), StorePatience = TimeSpan.FromSeconds(1) }, time: time);
        var board = engine.Get<StatusBoard>();
        var good = Assert.IsType<StatusView>(await board.ReadAsync(Token));

        proxy.Faults = new ProxyFaults { Timeout = true };
        time.Advance(TimeSpan.FromMinutes(1));
        var away = Assert.IsType<StatusView>(await board.ReadAsync(Token));
        Assert.Equal((true, good.Snapshot), (away.IsAway, away.Snapshot));

        // From here on nobody waits for the store: one tries it every two seconds, behind the visitors.
        var before = board.Reads;
        for (var second = 0; second < 4; second++)
        {
            time.Advance(StatusBoard.Hold);
            Assert.All(await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => board.ReadAsync(Token))), view => Assert.Same(away.Snapshot, view!.Snapshot));
        }

        Assert.InRange(board.Reads - before, 0, 4);

        proxy.Faults = ProxyFaults.None;
        await Eventually.TrueAsync(
            async () =>
            {
                time.Advance(StatusBoard.Hold);
                return await board.ReadAsync(Token) is { IsAway: false };
            },
            "the page is true again");
    }

    [Fact]
    public async Task A_process_that_never_reached_its_store_has_nothing_to_show()
    {
        await using var ground = await EngineGround.MakeAsync(mongo, Token);
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        proxy.Faults = new ProxyFaults { Down = true };
        using var engine = new TestEngine(ground.Settings with { ConnectionString = proxy.Through(ground.Settings.ConnectionString), StorePatience = TimeSpan.FromSeconds(1) });

        Assert.Null(await engine.Get<StatusBoard>().ReadAsync(Token));
    }
}
