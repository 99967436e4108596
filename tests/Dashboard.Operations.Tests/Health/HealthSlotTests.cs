using Dashboard.Operations.Health;

namespace Dashboard.Operations.Tests.Health;

public sealed class HealthSlotTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Leap days, the two clock changes of Europe, the half-hour one of Lord Howe Island, the end of a year, the end of 32-bit time.</summary>
    [Theory]
    [InlineData("2028-02-29")]
    [InlineData("2100-02-28")]
    [InlineData("2027-03-28")]
    [InlineData("2026-10-25")]
    [InlineData("2027-04-04")]
    [InlineData("2027-12-31")]
    [InlineData("2038-01-19")]
    [InlineData("1969-12-31")]
    public void Every_day_has_as_many_slots_as_every_other_and_none_twice(string day)
    {
        var start = DateTimeOffset.Parse(day + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);

        var slots = Enumerable.Range(0, 86_400).Select(second => HealthSlot.Containing(start.AddSeconds(second).ToOffset(TimeSpan.FromHours(10.5)), Interval)).Distinct().ToList();

        Assert.Equal(2_880, slots.Count);
        Assert.Equal(24, slots.Select(slot => HealthSlot.HourOf(slot.Start)).Distinct().Count());
        Assert.Equal(start, Assert.Single(slots.Select(slot => HealthSlot.DayOf(slot.Start)).Distinct()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(120)]
    [InlineData(47)]
    public void The_next_check_is_in_the_next_slot_and_at_its_own_place(int seconds)
    {
        var interval = TimeSpan.FromSeconds(seconds);
        var now = new DateTimeOffset(2028, 2, 29, 23, 59, 12, 345, TimeSpan.Zero);
        var begin = now + HealthSlot.Containing(now, interval).UntilNext(now, "staging", "/api/health");

        for (var slot = 0; slot < 1_000; slot++)
        {
            var next = begin + HealthSlot.Containing(begin, interval).UntilNext(begin, "staging", "/api/health");
            Assert.Equal(HealthSlot.Containing(begin, interval).Start + interval, HealthSlot.Containing(next, interval).Start);
            begin = next;
        }
    }

    [Fact]
    public void Many_environments_are_spread_over_the_interval()
    {
        var now = new DateTimeOffset(2028, 2, 29, 0, 0, 0, TimeSpan.Zero);

        var tenths = Enumerable.Range(0, 100).Select(number => (int)((HealthSlot.Containing(now, Interval).UntilNext(now, $"e{number}", "/api/health") - Interval) / Interval * 10)).GroupBy(tenth => tenth).ToList();

        Assert.Equal(Enumerable.Range(0, 8), tenths.Select(group => group.Key).Order());
    }

    /// <summary>The wall clock jumps; the wait that follows is measured by the monotonic one.</summary>
    [Theory]
    [InlineData(-3652)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3652)]
    public void A_clock_that_jumps_lengthens_no_wait(int days)
    {
        var before = new DateTimeOffset(2028, 2, 29, 12, 0, 0, TimeSpan.Zero);

        Assert.InRange(HealthSlot.Containing(before, Interval).UntilNext(before.AddDays(days), "staging", "ping"), TimeSpan.Zero, 2 * Interval);
    }

    /// <summary>A check that hangs takes nearly all of an interval, or a little more; a machine that slept catches up on nothing.</summary>
    [Theory]
    [InlineData(29.9, 120, 119)]
    [InlineData(30.1, 120, 119)]
    [InlineData(45, 120, 80)]
    [InlineData(3_600, 121, 1)]
    public void A_check_that_takes_long_loses_no_slot_and_none_is_checked_twice(double seconds, int slots, int least)
    {
        var start = new DateTimeOffset(2028, 2, 29, 12, 0, 0, TimeSpan.Zero);
        var last = HealthSlot.Containing(start, Interval);
        var checks = new List<HealthSlot> { last };

        for (var now = start.AddSeconds(seconds); ; now = now.AddSeconds(seconds))
        {
            now += last.UntilNext(now, "staging", "/api/health/database");
            last = HealthSlot.Containing(now, Interval);
            if (last.Start >= start + slots * Interval)
                break;
            checks.Add(last);
        }

        Assert.InRange(checks.Count, least, slots);
        Assert.Equal(checks.Count, checks.Distinct().Count());
    }
}
