using Dashboard.Operations.Configuration;
using Dashboard.Operations.Metrics;
using Dashboard.Testing.Mongo;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace Dashboard.Operations.Tests.Metrics;

public sealed class DeploymentFiguresTests(MongoFixture mongo)
{
    private static readonly MonitoringSettings Settings = new()
    {
        Environments = new Dictionary<string, EnvironmentMonitoring>(StringComparer.Ordinal)
        {
            ["staging"] = new() { Thresholds = new AlertThresholds(TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(30), 0.3, 2) },
        },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static MetricWindow Day => MetricWindow.Before("staging", MetricGround.Now, TimeSpan.FromDays(1));

    [Fact]
    public async Task Shows_each_number_with_its_arithmetic_and_what_was_left_out()
    {
        var ground = await MetricGround.MakeAsync(mongo, Settings);
        await ground.AddAsync([
            .. MetricGround.Deployment("a", 100, 4),
            .. MetricGround.Deployment("b", 80, 4),
            .. MetricGround.Deployment("c", 60, 1, succeeds: false),
            MetricGround.Event("d", EventPhase.Validation, EventStatus.Started, 30),
            MetricGround.Event("e", EventPhase.Verification, EventStatus.Success, 20),
        ]);

        var report = await ground.Figures.ReadAsync(Day, Token);

        var success = report.Find(FigureNames.SuccessRate);
        Assert.Equal((0.6, 3, 5, Verdict.Missed), (success.Value, success.Numerator, success.Denominator, success.Verdict));
        var time = report.Find(FigureNames.AverageTime);
        Assert.Equal((240_000, 480_000, 2), (time.Value, time.Numerator, time.Denominator));
        // Under the runbook's five minutes, above the three of the configuration.
        Assert.Equal(Verdict.Missed, time.Verdict);
        Assert.Equal([true, false], time.Targets.Select(target => target.IsMetBy(240_000)));
        Assert.Equal(["1 failed deployments", "1 unfinished deployments", "1 successful deployments"], time.LeftOut.Select(left => $"{left.Count} {left.What}"));
        Assert.InRange(report.Find(FigureNames.MedianTime).Value ?? 0, 235_200, 244_800);
        Assert.Equal((0.2, Verdict.Met), (report.Find(FigureNames.ErrorRate).Value, report.Find(FigureNames.ErrorRate).Verdict));
        Assert.Equal((2_000, 3), (report.Find(FigureNames.MigrationTime).Value, report.Find(FigureNames.MigrationTime).Denominator));
        Assert.Equal(3, report.Find(FigureNames.Frequency).Value);
        var changes = report.Find(FigureNames.ChangeFailureRate);
        Assert.Equal((0.25, 1, 4), (changes.Value, changes.Numerator, changes.Denominator));
        // c failed 59 minutes ago; the next good verification was e's.
        Assert.InRange(report.Find(FigureNames.TimeToRestore).Value ?? 0, 39 * 60_000 * 0.98, 39 * 60_000 * 1.02);
        Assert.Equal(MetricGround.Now.AddMinutes(-20), report.Last);
    }

    [Fact]
    public async Task Says_that_it_cannot_say_where_there_was_nothing()
    {
        var ground = await MetricGround.MakeAsync(mongo, Settings);

        var report = await ground.Figures.ReadAsync(Day, Token);

        Assert.Equal((null, Verdict.Unknown), (report.Find(FigureNames.SuccessRate).Value, report.Find(FigureNames.SuccessRate).Verdict));
        Assert.Equal((0, Verdict.Met), (report.Find(FigureNames.Alerts).Value, report.Find(FigureNames.Alerts).Verdict));
        Assert.All(report.Review.Concat(report.Dora), figure => Assert.NotEmpty(figure.Formula));
        Assert.Null(report.Last);
    }

    [Fact]
    public async Task Keeps_the_contracts_formulas_for_the_contracts_numbers()
    {
        var ground = await MetricGround.MakeAsync(mongo, Settings);
        await ground.AddAsync([.. MetricGround.Deployment("a", 100, 4), .. MetricGround.Deployment("b", 50, 2, succeeds: false), MetricGround.Event("c", EventPhase.Migration, EventStatus.Failed, 30, 8_000)]);

        var stats = await ground.Figures.ReadStatsAsync(MetricWindow.Always(environment: null), isAlways: true, Token);

        Assert.Equal(new ContractStats("all", 3, 1, 1.0 / 3, 180_000, 4_000, 0, 0, MetricGround.Now.AddMinutes(-30)), stats);
        Assert.Equal(new ContractStats("moon", 0, 0, 0, 0, 0, 0, 0, null), await ground.Figures.ReadStatsAsync(MetricWindow.Always("moon"), isAlways: true, Token));
    }

    [Fact]
    public async Task Gives_a_chart_a_value_for_each_hour_and_none_where_nothing_was()
    {
        var ground = await MetricGround.MakeAsync(mongo, Settings);
        await ground.AddAsync([.. MetricGround.Deployment("a", 100, 4), .. MetricGround.Deployment("b", 90, 4, succeeds: false)]);
        var series = new MetricSeries(ground.Sums, ground.Alerts);

        var hours = await series.ReadAsync(ChartMetric.DeploymentSuccessRate, "staging", MetricGround.Now, TimeSpan.FromHours(4), Token);
        var days = await series.ReadAsync(ChartMetric.DeploymentDuration, "staging", MetricGround.Now, TimeSpan.FromDays(7), Token);

        Assert.Equal([null, null, 0.5, null], hours?.Select(point => point.Value));
        Assert.Equal((8, 240_000), (days?.Count, days?[^1].Value));
        Assert.Equal(4, (await series.ReadAsync(ChartMetric.AlertCount, "staging", MetricGround.Now, TimeSpan.FromHours(4), Token))?.Count);
        Assert.Null(await series.ReadAsync(ChartMetric.HealthCheckStatus, "staging", MetricGround.Now, TimeSpan.FromHours(4), Token));
    }

    /// <summary>However it is cut into months, days and hours, a window has what lies in it.</summary>
    [Theory]
    [InlineData("2026-09-01T00:00Z", "2026-11-01T00:00Z")]
    [InlineData("2026-08-31T22:00Z", "2026-11-02T03:00Z")]
    [InlineData("2026-10-10T05:00Z", "2026-10-10T06:00Z")]
    [InlineData("2026-10-10T05:00Z", "2026-10-12T00:00Z")]
    [InlineData("2026-02-27T23:00Z", "2027-03-01T01:00Z")]
    public async Task Reads_the_same_of_a_window_as_from_its_events(string from, string to)
    {
        var ground = await MetricGround.MakeAsync(mongo, Settings);
        var window = new MetricWindow("staging", DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.Parse(to, System.Globalization.CultureInfo.InvariantCulture));
        var moments = new[] { window.From, window.From.AddTicks(-10_000), window.To, window.To.AddTicks(-10_000), window.From.AddMinutes(50), MetricGround.Now.AddDays(-30), MetricGround.Now.AddDays(-60) };
        await ground.StoreAsync(moments.Select((at, index) => MetricGround.Event($"d{index}", EventPhase.Validation, EventStatus.Started, 0) with { At = at }));

        var sum = await ground.Sums.ReadAsync(window, Token);

        Assert.Equal(moments.Count(at => at >= window.From && at < window.To), sum.Deployments.Total);
        Assert.Equal(sum.Deployments.Total, sum.Events.Count);
    }

    /// <summary>A window up to now, the usual one, is read by this month's sum and not by its days and hours so far.</summary>
    [Theory]
    [InlineData(20, 25)]
    [InlineData(20, 30)]
    [InlineData(20, 24 * 29)]
    [InlineData(20, 24 * 80)]
    [InlineData((3 * 24 * 60) + (11 * 60) + 59, 24 * 5)]
    [InlineData((3 * 24 * 60) + (12 * 60), 24 * 5)]
    public async Task Reads_the_same_of_a_window_that_ends_now(int minutesLater, int hours)
    {
        var ground = await MetricGround.MakeAsync(mongo, Settings);
        ground.Time.SetUtcNow(MetricGround.Now.AddMinutes(minutesLater));
        var now = ground.Time.GetUtcNow();
        var window = MetricWindow.Before("staging", now, TimeSpan.FromHours(hours));
        var moments = Enumerable.Range(0, 300).Select(number => now.AddHours(-7 * number).AddMilliseconds(-1)).ToList();
        await ground.StoreAsync(moments.Select((at, index) => MetricGround.Event($"d{index}", EventPhase.Validation, EventStatus.Started, 0) with { At = at }));
        await ground.SumAsync();
        var (hoursAsked, settings) = (0, MongoClientSettings.FromConnectionString(mongo.ConnectionString));
        settings.ClusterConfigurator = cluster => cluster.Subscribe<CommandStartedEvent>(asked =>
        {
            if (asked.CommandName == "find" && asked.Command["find"] == "metricSums" && asked.Command["filter"]["level"] == nameof(SumLevel.Hour))
                Interlocked.Increment(ref hoursAsked);
        });
        using var client = new MongoClient(settings);

        var sum = await ground.Through(client).Sums.ReadAsync(window, Token);

        Assert.Equal(moments.Count(at => at >= window.From && at < window.To), sum.Deployments.Total);
        Assert.InRange(hoursAsked, 0, 1);
    }
}
