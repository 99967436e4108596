using Dashboard.Operations.Health;

namespace Dashboard.Operations.Tests.Health;

public sealed class HealthSumsTests
{
    private static readonly DateTimeOffset Day = new(2028, 2, 29, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Counts_each_state_with_its_time_and_maintenance_apart()
    {
        var sums = SumOf(
            Sample(0, HealthState.Healthy, 10),
            Sample(1, HealthState.Healthy, 30),
            Sample(2, HealthState.Degraded, 2_000),
            Sample(3, HealthState.Down, 9_000),
            Sample(4, HealthState.Unknown, 0),
            Sample(5, HealthState.Down, 5) with { DuringMaintenance = true },
            Sample(6, HealthState.Healthy, 5) with { DuringMaintenance = true });

        Assert.Equal((7, new HealthShare(2, 60), new HealthShare(1, 30), new HealthShare(1, 30), new HealthShare(1, 30), new HealthShare(2, 60)), (sums.Samples, sums.Healthy, sums.Degraded, sums.Down, sums.Unknown, sums.Maintenance));
        Assert.Equal((3, 2_040d, 10d, 2_000d), (sums.Timed, sums.SumMilliseconds, sums.MinMilliseconds, sums.MaxMilliseconds));
    }

    [Fact]
    public void Sums_of_sums_are_the_sums_of_their_samples()
    {
        var samples = Enumerable.Range(0, 500).Select(number => Sample(number, (HealthState)(number % 4), number * 37 % 12_000) with { DuringMaintenance = number % 11 == 0 }).ToArray();
        var tally = new HealthTally();
        foreach (var part in samples.Chunk(7))
            tally.Add(SumOf(part));
        tally.Add(HealthSums.None);

        var (whole, parts) = (SumOf(samples), tally.Sums);

        Assert.Equal(whole with { Histogram = [] }, parts with { Histogram = [] });
        Assert.Equal(whole.Histogram, parts.Histogram);
    }

    [Fact]
    public void The_95th_percentile_is_in_the_bucket_of_the_exact_one()
    {
        var sums = SumOf([.. Enumerable.Range(1, 100).Select(number => Sample(number, HealthState.Healthy, number))]);

        Assert.InRange(sums.P95Milliseconds!.Value, 50, 100);
        Assert.Equal(50.5, sums.AverageMilliseconds);
        Assert.Equal(7, SumOf(Sample(0, HealthState.Healthy, 7)).P95Milliseconds);
        Assert.Equal(60_000, SumOf(Sample(0, HealthState.Healthy, 60_000)).P95Milliseconds);
        Assert.Null(SumOf(Sample(0, HealthState.Down, 7)).P95Milliseconds);
    }

    /// <summary>Ten samples of half a minute are five minutes.</summary>
    [Theory]
    [InlineData(2_880, 0, 0, HealthState.Healthy)]
    [InlineData(2_870, 0, 10, HealthState.Down)]
    [InlineData(2_879, 0, 1, HealthState.Degraded)]
    [InlineData(2_880 - 9, 9, 0, HealthState.Healthy)]
    [InlineData(2_880 - 10, 10, 0, HealthState.Degraded)]
    [InlineData(2_880 - 9, 0, 9, HealthState.Degraded)]
    [InlineData(1_439, 0, 0, HealthState.Unknown)]
    [InlineData(1_440, 0, 0, HealthState.Healthy)]
    [InlineData(0, 0, 0, HealthState.Unknown)]
    [InlineData(0, 0, 10, HealthState.Down)]
    public void A_day_is_green_only_when_most_of_it_is_known_to_be_well(int healthy, int degraded, int down, HealthState state)
    {
        var bar = new HealthBar(Day, Day.AddDays(1), new HealthSums
        {
            Samples = healthy + degraded + down,
            Healthy = new HealthShare(healthy, healthy * 30),
            Degraded = new HealthShare(degraded, degraded * 30),
            Down = new HealthShare(down, down * 30),
        });

        Assert.Equal(state, bar.State);
    }

    [Fact]
    public void A_bar_tells_minutes_and_checks()
    {
        var bar = new HealthBar(Day, Day.AddDays(1), SumOf(Sample(0, HealthState.Healthy, 1), Sample(1, HealthState.Healthy, 1), Sample(2, HealthState.Down, 1)));

        Assert.Equal("2028-02-29 (UTC): healthy 1 min (2 checks), degraded 0 min (0 checks), down 0.5 min (1 checks), maintenance 0 min (0 checks), unknown 1,438.5 min", bar.Told);
    }

    [Fact]
    public void Uptime_leaves_out_what_is_unknown_and_maintenance()
    {
        var sums = SumOf(
            Sample(0, HealthState.Healthy, 1), Sample(1, HealthState.Healthy, 1), Sample(2, HealthState.Degraded, 1), Sample(3, HealthState.Down, 1),
            Sample(4, HealthState.Unknown, 0), Sample(5, HealthState.Down, 1) with { DuringMaintenance = true });
        var uptime = new Uptime("1 hour", Day, Day.AddHours(1), sums);

        Assert.Equal(0.75, uptime.Share);
        Assert.Equal("1.5 min up ÷ 2 min known; left out: 57.5 min unknown, 0.5 min maintenance", uptime.Told);
        Assert.Null(new Uptime("1 hour", Day, Day.AddHours(1), HealthSums.None).Share);
    }

    private static HealthSums SumOf(params HealthSample[] samples)
    {
        var tally = new HealthTally();
        foreach (var sample in samples)
            tally.Add(sample);
        return tally.Sums;
    }

    private static HealthSample Sample(int slot, HealthState state, double milliseconds) =>
        HealthSample.Of("staging", "ping", new HealthSlot(Day.AddSeconds(30 * slot), TimeSpan.FromSeconds(30)), Day.AddSeconds(30 * slot), state, milliseconds);
}
