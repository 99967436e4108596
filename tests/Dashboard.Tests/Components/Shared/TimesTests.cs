using Bunit;
using Dashboard.Components.Shared;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Shared;

public sealed class TimesTests : ScreenContext
{
    [Fact]
    public void A_moment_is_UTC_for_machines_and_on_hover_and_marked_for_the_readers_zone()
    {
        var time = Render<Moment>(parameters => parameters.Add(moment => moment.At, Samples.Now)).Find("time");

        Assert.Equal("2026-11-23T12:00:00.000Z", time.GetAttribute("datetime"));
        Assert.Equal("2026-11-23 12:00:00 UTC", time.GetAttribute("title"));
        Assert.Equal("moment", time.GetAttribute("data-local"));
        Assert.Equal("2026-11-23 12:00:00 UTC", time.TextContent);
    }

    [Fact]
    public void A_clock_shows_no_day()
    {
        var time = Render<Moment>(parameters => parameters.Add(moment => moment.At, Samples.Now).Add(moment => moment.Clock, true)).Find("time");

        Assert.Equal("12:00:00 UTC", time.TextContent);
        Assert.Equal("clock", time.GetAttribute("data-local"));
    }

    [Fact]
    public void An_age_grows_by_itself()
    {
        var age = Render<Age>(parameters => parameters.Add(shown => shown.At, Samples.Now.AddSeconds(-50)));
        Assert.Equal("50 s ago", age.Find("time").TextContent);

        Time.Advance(TimeSpan.FromSeconds(10));

        age.WaitForAssertion(() => Assert.Equal("1 min ago", age.Find("time").TextContent));
    }

    [Fact]
    public void What_goes_on_counts_its_seconds()
    {
        var elapsed = Render<Elapsed>(parameters => parameters.Add(shown => shown.From, Samples.Now.AddSeconds(-5)));
        Assert.Equal("5 s", elapsed.Find("span").TextContent);

        Time.Advance(TimeSpan.FromSeconds(1));

        elapsed.WaitForAssertion(() => Assert.Equal("6 s", elapsed.Find("span").TextContent));
    }

    [Fact]
    public void What_has_ended_stands_still()
    {
        var elapsed = Render<Elapsed>(parameters => parameters.Add(shown => shown.From, Samples.Now.AddMilliseconds(-850)).Add(shown => shown.To, Samples.Now));

        Assert.Equal("850 ms", elapsed.Find("span").TextContent);
    }
}
