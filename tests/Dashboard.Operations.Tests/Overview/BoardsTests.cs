using Dashboard.Operations.Configuration;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Overview;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Operations.Tests.Overview;

public sealed class BoardsTests(MongoFixture mongo) : IAsyncLifetime
{
    private EngineGround _ground = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _ground = await EngineGround.MakeAsync(mongo, Token);

    public ValueTask DisposeAsync() => _ground.DisposeAsync();

    [Fact]
    public async Task Counts_and_draws_what_the_configuration_asks_for()
    {
        using var engine = Engine(new ChartSettings
        {
            Metrics = [ChartMetric.DeploymentSuccessRate, ChartMetric.HealthCheckStatus],
            Charts =
            [
                new ChartRequest(ChartType.Line, ChartMetric.DeploymentSuccessRate, TimeSpan.FromHours(24), Thresholds: null),
                new ChartRequest(ChartType.Gauge, ChartMetric.HealthCheckStatus, TimeSpan.FromHours(24), Thresholds: null),
            ],
            Refresh = TimeSpan.FromSeconds(7),
        });
        await DeployAsync(engine);

        var board = await engine.Get<Boards>().ReadAsync(window: null, Token);

        Assert.NotNull(board);
        Assert.Equal(TimeSpan.FromSeconds(7), board.Refresh);
        Assert.Equal([1d, null], board.Numbers.Select(number => number.Figure.Value));
        Assert.Equal(100, Assert.Single(board.Charts[0].Points).Value);
        Assert.Equal("%", board.Charts[0].Unit);
    }

    [Fact]
    public async Task Health_that_nobody_checked_is_unknown_and_not_good()
    {
        using var engine = Engine(new ChartSettings { Charts = [new ChartRequest(ChartType.Gauge, ChartMetric.HealthCheckStatus, TimeSpan.FromHours(24), Thresholds: null)] });

        var board = await engine.Get<Boards>().ReadAsync(window: null, Token);

        Assert.Null(Assert.Single(board!.Charts).Share);
        var figure = board.Numbers.Single(number => number.Metric == ChartMetric.HealthCheckStatus).Figure;
        Assert.Equal((2L, "environments"), (Assert.Single(figure.LeftOut).Count, figure.LeftOut[0].What));
    }

    [Fact]
    public async Task Counts_an_offered_time_and_a_week_for_any_other()
    {
        using var engine = Engine(new ChartSettings());

        Assert.Equal(TimeSpan.FromHours(24), (await engine.Get<Boards>().ReadAsync(TimeSpan.FromHours(24), Token))!.Window);
        Assert.Equal(TimeSpan.FromDays(7), (await engine.Get<Boards>().ReadAsync(TimeSpan.FromHours(5), Token))!.Window);
    }

    [Fact]
    public async Task There_is_none_where_the_file_switches_it_off()
    {
        using var engine = Engine(new ChartSettings { Enabled = false });

        Assert.Null(await engine.Get<Boards>().ReadAsync(window: null, Token));
    }

    private TestEngine Engine(ChartSettings charts) => new(_ground.Settings, configure: services => services.AddSingleton(new MonitoringSettings { Charts = charts }));

    private static async Task DeployAsync(TestEngine engine)
    {
        var now = engine.Time.GetUtcNow();
        foreach (var (phase, status) in new[] { (EventPhase.Validation, EventStatus.Started), (EventPhase.Verification, EventStatus.Success) })
            await engine.Get<EventLog>().AddAsync(new DeploymentEvent { At = now, Environment = "staging", DeploymentId = "d1", Phase = phase, Status = status }, Token);
    }
}
