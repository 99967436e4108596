using Dashboard.Operations.Configuration;

namespace Dashboard.Operations.Tests.Configuration;

public sealed class MaintenanceRulesTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("02:00", "04:00", "2026-11-24T02:00:00Z", true)]
    [InlineData("02:00", "04:00", "2026-11-24T03:59:59Z", true)]
    [InlineData("02:00", "04:00", "2026-11-24T04:00:00Z", false)]
    [InlineData("22:00", "02:00", "2026-11-24T23:30:00Z", true)]
    [InlineData("22:00", "02:00", "2026-11-25T01:30:00Z", true)]
    [InlineData("22:00", "02:00", "2026-11-24T12:00:00Z", false)]
    [InlineData("00:00", "00:00", "2026-11-24T12:00:00Z", true)]
    public void A_window_is_open_from_its_start_to_before_its_end(string start, string end, string now, bool open)
    {
        var rules = new MaintenanceRules { Window = new DailyWindow(Time(start), Time(end), TimeZoneInfo.Utc) };

        Assert.Equal(open, rules.WhyNot(At(now)) is null);
    }

    [Theory]
    [InlineData("2026-11-24T22:30:00Z", true)]
    [InlineData("2026-11-25T01:00:00Z", true)]
    [InlineData("2026-11-25T22:30:00Z", false)]
    public void A_window_past_midnight_belongs_to_the_day_on_which_it_began(string now, bool allowed)
    {
        var rules = new MaintenanceRules { Window = new DailyWindow(Time("22:00"), Time("02:00"), TimeZoneInfo.Utc), AllowedDays = [DayOfWeek.Tuesday] };

        Assert.Equal(allowed, rules.WhyNot(At(now)) is null);
    }

    [Fact]
    public void The_window_is_read_in_its_own_zone_on_both_sides_of_a_clock_change()
    {
        var rules = new MaintenanceRules { Window = new DailyWindow(Time("02:00"), Time("04:00"), Berlin) };

        Assert.Null(rules.WhyNot(At("2026-07-01T00:30:00Z")));
        Assert.Null(rules.WhyNot(At("2026-12-01T01:30:00Z")));
        Assert.Equal("it is outside the window 02:00–04:00 Europe/Berlin", rules.WhyNot(At("2026-12-01T00:30:00Z")));
    }

    [Fact]
    public void Without_a_window_and_days_it_is_always_allowed()
    {
        Assert.Null(new MaintenanceRules().WhyNot(At("2026-11-24T12:00:00Z")));
    }

    private static TimeOnly Time(string text) => TimeOnly.ParseExact(text, "HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
