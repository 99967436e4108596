using System.Globalization;
using Dashboard.Operations.Metrics;

namespace Dashboard.Operations.Tests.Metrics;

public sealed class IsoWeekTests
{
    [Theory]
    [InlineData("2026-11-27T12:00:00Z", "2026-W48")]
    [InlineData("2026-11-29T23:59:59.999Z", "2026-W48")]
    [InlineData("2026-11-30T00:00:00Z", "2026-W49")]
    [InlineData("2026-12-31T12:00:00Z", "2026-W53")]
    [InlineData("2027-01-03T23:59:59Z", "2026-W53")]
    [InlineData("2027-01-04T00:00:00Z", "2027-W01")]
    [InlineData("2024-12-30T00:00:00Z", "2025-W01")]
    [InlineData("2028-02-29T00:00:00Z", "2028-W09")]
    public void Names_the_week_of_a_moment(string at, string week) => Assert.Equal(week, IsoWeek.Of(At(at)).ToString());

    [Fact]
    public void A_moment_is_counted_in_UTC_whatever_its_offset() =>
        Assert.Equal("2026-W48", IsoWeek.Of(new DateTimeOffset(2026, 11, 30, 1, 0, 0, TimeSpan.FromHours(2))).ToString());

    [Fact]
    public void Weeks_follow_each_other_without_a_gap_over_fifty_years()
    {
        var week = IsoWeek.Of(At("2000-01-03T00:00:00Z"));
        for (var count = 0; count < 2_610; count++)
        {
            Assert.Equal(week.To, week.Next.From);
            Assert.Equal(week, week.Next.Previous);
            Assert.Equal(TimeSpan.FromDays(7), week.To - week.From);
            Assert.Equal(week, IsoWeek.TryParse(week.ToString()));
            week = week.Next;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-48")]
    [InlineData("2026-W00")]
    [InlineData("2026-W54")]
    [InlineData("2025-W53")]
    [InlineData("2026-w48")]
    [InlineData("2026-W4x")]
    [InlineData("9999-W01")]
    [InlineData("1969-W01")]
    [InlineData("+026-W01")]
    [InlineData("٢٠٢٦-W01")]
    public void Refuses_what_is_no_week(string text) => Assert.Null(IsoWeek.TryParse(text));

    [Fact]
    public void A_week_is_closed_from_its_end_on()
    {
        var week = IsoWeek.TryParse("2026-W48")!.Value;

        Assert.False(week.IsClosed(At("2026-11-29T23:59:59.999Z")));
        Assert.True(week.IsClosed(At("2026-11-30T00:00:00Z")));
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("th-TH")]
    [InlineData("ar-SA")]
    public void Reads_and_writes_the_same_in_every_culture(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal("2026-W48", IsoWeek.Of(At("2026-11-27T12:00:00Z")).ToString());
            Assert.Equal(IsoWeek.Of(At("2026-11-27T12:00:00Z")), IsoWeek.TryParse("2026-W48"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
