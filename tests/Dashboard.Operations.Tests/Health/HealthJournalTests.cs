using Dashboard.Operations.Health;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Engine;
using Dashboard.Testing.Faults;
using Dashboard.Testing.Mongo;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Health;

public sealed class HealthJournalTests(MongoFixture mongo) : IAsyncLifetime
{
    /// <summary>Ahead of the server's clock, so that nothing of it expires.</summary>
    private static readonly DateTimeOffset Now = new(2028, 2, 29, 23, 30, 0, TimeSpan.Zero);

    private EngineGround _ground = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _ground = await EngineGround.MakeAsync(mongo, Token);

    public ValueTask DisposeAsync() => _ground.DisposeAsync();

    [Fact]
    public async Task A_sample_counts_once_also_when_two_dashboards_took_it_or_it_was_written_twice()
    {
        using var one = Engine();
        using var other = Engine();
        foreach (var engine in new[] { one, other, one })
        {
            for (var slot = 0; slot < 20; slot++)
                engine.Get<HealthJournal>().Add(Sample(Now.AddSeconds(30 * slot)));
            await engine.Get<HealthJournal>().WriteAsync(Token);
        }

        await one.Get<HealthRollUps>().RollUpAsync([HealthSlot.HourOf(Now)], Token);

        Assert.Equal([20L], (await HoursAsync()).Select(hour => hour.Sums.Samples));
        Assert.Equal([20L], (await DaysAsync()).Select(day => day.Sums.Samples));
    }

    [Fact]
    public async Task Two_dashboards_that_roll_up_at_once_lose_nothing()
    {
        using var one = Engine();
        using var other = Engine();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Task.Run(async () =>
        {
            var engine = number % 2 == 0 ? one : other;
            await engine.Database.HealthSamples.InsertOneAsync(Sample(Now.AddSeconds(30 * number)), cancellationToken: Token);
            await engine.Get<HealthRollUps>().RollUpAsync([HealthSlot.HourOf(Now)], Token);
        })));

        // Also the last sample of all was rolled up by its own writer.
        Assert.Equal(40, (await HoursAsync()).Single().Sums.Samples);
    }

    [Fact]
    public async Task What_was_found_while_the_store_was_away_is_written_afterwards_with_its_own_times()
    {
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        using var engine = Engine(proxy);
        var journal = engine.Get<HealthJournal>();
        await journal.WriteAsync(Token);
        proxy.Faults = new ProxyFaults { Down = true };
        for (var slot = 0; slot < 120; slot++)
            journal.Add(Sample(Now.AddMinutes(slot)));
        var thrown = await Record.ExceptionAsync(() => journal.WriteAsync(Token));
        Assert.True(thrown is not null && StoreFailure.Is(thrown), thrown?.ToString());
        Assert.Equal(120, journal.Waiting);

        proxy.Faults = ProxyFaults.None;
        await Eventually.TrueAsync(() => WritesAsync(journal), "the store is back");

        Assert.Equal(0, journal.Waiting);
        await journal.WriteAsync(Token);
        Assert.Equal([(Hour(23), 30L), (Hour(24), 60L), (Hour(25), 30L)], (await HoursAsync()).Select(hour => (hour.From, hour.Sums.Samples)));
        Assert.Equal([30L, 90L], (await DaysAsync()).Select(day => day.Sums.Samples));
    }

    [Fact]
    public async Task An_answer_that_was_lost_doubles_nothing()
    {
        await using var proxy = FaultProxy.InFrontOf(mongo.ConnectionString);
        using var engine = Engine(proxy);
        var journal = engine.Get<HealthJournal>();
        await journal.WriteAsync(Token);
        for (var slot = 0; slot < 5; slot++)
            journal.Add(Sample(Now.AddSeconds(30 * slot)));
        proxy.Faults = new ProxyFaults { ResetAfterRequest = "healthSamples", ResetTimes = 2 };

        await Eventually.TrueAsync(() => WritesAsync(journal), "it is written in the end");
        await engine.Get<HealthRollUps>().RollUpAsync([HealthSlot.HourOf(Now)], Token);

        Assert.Equal(5, (await HoursAsync()).Single().Sums.Samples);
    }

    [Fact]
    public void Keeps_no_more_than_its_bound_and_then_the_newest()
    {
        using var engine = Engine();
        var journal = engine.Get<HealthJournal>();

        for (var slot = 0; slot < HealthJournal.Bound + 50; slot++)
            journal.Add(Sample(Now.AddSeconds(30 * slot)));

        Assert.Equal(HealthJournal.Bound, journal.Waiting);
    }

    [Fact]
    public async Task Samples_of_a_window_count_as_maintenance_although_it_was_closed_before_they_were_written()
    {
        using var engine = Engine();
        await engine.Database.MaintenanceWindows.InsertOneAsync(
            new MaintenanceWindow
            {
                Id = "w",
                Environment = "staging",
                Title = "t",
                Notice = "n",
                Start = Now,
                End = Now.AddHours(1),
                State = WindowState.Closed,
                Actor = "a",
                Reason = "r",
                OpenedAt = Now.AddMinutes(5),
                ClosedAt = Now.AddMinutes(10),
            },
            cancellationToken: Token);
        for (var minute = 0; minute < 20; minute++)
        {
            engine.Get<HealthJournal>().Add(Sample(Now.AddMinutes(minute), HealthState.Down));
            engine.Get<HealthJournal>().Add(Sample(Now.AddMinutes(minute), environment: "production"));
        }

        await engine.Get<HealthJournal>().WriteAsync(Token);

        var hours = (await HoursAsync()).ToDictionary(hour => hour.Environment, hour => hour.Sums);
        Assert.Equal((14, 6), (hours["staging"].Down.Count, hours["staging"].Maintenance.Count));
        Assert.Equal((20, 0), (hours["production"].Healthy.Count, hours["production"].Maintenance.Count));
    }

    [Fact]
    public async Task What_a_process_left_without_roll_up_is_caught_up_by_the_next()
    {
        using var dead = Engine();
        await dead.Database.HealthSamples.InsertManyAsync([Sample(Now.AddHours(-30)), Sample(Now.AddHours(-1))], cancellationToken: Token);

        using var next = Engine();
        await next.Get<HealthJournal>().WriteAsync(Token);

        Assert.Equal(2, (await HoursAsync()).Sum(hour => hour.Sums.Samples));
        Assert.Equal(2, (await DaysAsync()).Count);
    }

    [Fact]
    public async Task Ninety_days_are_ninety_bars_however_much_is_stored()
    {
        using var engine = Engine();
        var today = HealthSlot.DayOf(Now);
        await engine.Database.HealthDays.InsertManyAsync(
            Enumerable.Range(0, 3_650).Select(days => new HealthRollUp
            {
                Id = $"staging|{days}",
                Environment = "staging",
                Target = HealthTargets.Whole,
                From = today.AddDays(-days),
                Sums = new HealthSums { Samples = 1, Healthy = new HealthShare(1, 86_400) },
            }),
            cancellationToken: Token);

        var bars = await engine.Get<UptimeHistory>().BarsAsync("staging", HealthTargets.Whole, Token);

        Assert.Equal((90, today, Now), (bars.Count, bars[^1].Day, bars[^1].To));
        Assert.All(bars, bar => Assert.Equal(HealthState.Healthy, bar.State));
        Assert.All(await engine.Get<UptimeHistory>().BarsAsync("production", HealthTargets.Whole, Token), bar => Assert.Equal(HealthState.Unknown, bar.State));
    }

    [Fact]
    public async Task Uptime_of_a_day_knows_what_nobody_checked()
    {
        using var engine = Engine();
        var journal = engine.Get<HealthJournal>();
        for (var minute = 0; minute < 60; minute++)
            journal.Add(Sample(Hour(22).AddMinutes(minute), minute < 6 ? HealthState.Down : HealthState.Healthy, target: HealthTargets.Whole, seconds: 60));

        await journal.WriteAsync(Token);

        var uptimes = await engine.Get<UptimeHistory>().UptimesAsync("staging", Token);
        Assert.Equal(["24 hours", "7 days", "30 days", "90 days"], uptimes.Select(uptime => uptime.Title));
        Assert.All(uptimes, uptime => Assert.Equal(0.9, uptime.Share));
        Assert.Equal("54 min up ÷ 60 min known; left out: 22.5 h unknown, 0 min maintenance", uptimes[0].Told);
    }

    private static DateTimeOffset Hour(int hour) => new DateTimeOffset(2028, 2, 29, 0, 0, 0, TimeSpan.Zero).AddHours(hour);

    private static HealthSample Sample(DateTimeOffset at, HealthState state = HealthState.Healthy, string environment = "staging", string target = "/api/health", int seconds = 30) =>
        HealthSample.Of(environment, target, HealthSlot.Containing(at, TimeSpan.FromSeconds(seconds)), at, state, 12);

    private static async Task<bool> WritesAsync(HealthJournal journal)
    {
        try
        {
            await journal.WriteAsync(Token);
            return true;
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            return false;
        }
    }

    private TestEngine Engine(FaultProxy? proxy = null) => new(
        proxy is null ? _ground.Settings : _ground.Settings with { ConnectionString = proxy.Through(mongo.ConnectionString), StorePatience = TimeSpan.FromSeconds(2) },
        time: new FakeTimeProvider(Now));

    private async Task<IReadOnlyList<HealthRollUp>> HoursAsync() =>
        await _ground.Engine.Database.HealthHours.Find(Builders<HealthRollUp>.Filter.Empty).SortBy(hour => hour.From).ToListAsync(Token);

    private async Task<IReadOnlyList<HealthRollUp>> DaysAsync() =>
        await _ground.Engine.Database.HealthDays.Find(Builders<HealthRollUp>.Filter.Empty).SortBy(day => day.From).ToListAsync(Token);
}
