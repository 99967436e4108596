using System.Globalization;
using Dashboard.Components.Shared;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Shared;

public sealed class FormatsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1.0 kB")]
    [InlineData(12_400_000, "12.4 MB")]
    [InlineData(999_960, "1.0 MB")]
    [InlineData(2_000_000_000, "2.0 GB")]
    [InlineData(long.MaxValue, "9223372.0 TB")]
    public void Sizes_are_in_decimal_units(long bytes, string expected) => Assert.Equal(expected, Formats.Bytes(bytes));

    [Theory]
    [InlineData(1, "100 %")]
    [InlineData(0.99999, "99.99 %")]
    [InlineData(0.9998, "99.98 %")]
    [InlineData(0.9, "90 %")]
    [InlineData(0, "0 %")]
    public void Only_what_is_whole_is_called_100_percent(double share, string expected) => Assert.Equal(expected, Formats.Percent(share));

    [Theory]
    [InlineData(-5, "0 ms")]
    [InlineData(0, "0 ms")]
    [InlineData(850, "850 ms")]
    [InlineData(999.6, "1.0 s")]
    [InlineData(12_340, "12.3 s")]
    [InlineData(59_960, "1 min 0 s")]
    [InlineData(130_000, "2 min 10 s")]
    [InlineData(3_840_000, "1 h 4 min")]
    [InlineData(266_400_000, "3 d 2 h")]
    public void Durations_have_the_two_units_that_matter(double milliseconds, string expected) =>
        Assert.Equal(expected, Formats.Milliseconds(milliseconds));

    [Theory]
    [InlineData(-1, "0 s")]
    [InlineData(5.9, "5 s")]
    [InlineData(130.9, "2 min 10 s")]
    public void What_goes_on_is_in_whole_seconds(double seconds, string expected) =>
        Assert.Equal(expected, Formats.WholeSeconds(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(-3, "just now")]
    [InlineData(9, "just now")]
    [InlineData(40, "40 s ago")]
    [InlineData(310, "5 min ago")]
    [InlineData(11_000, "3 h ago")]
    [InlineData(90_000, "1 day ago")]
    [InlineData(180_000, "2 days ago")]
    public void Ages_are_whole_units(int seconds, string expected) => Assert.Equal(expected, Formats.Age(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Progress_in_bytes_reads_as_sizes() =>
        Assert.Equal("3.2 MB of 12.4 MB", Formats.Progress(new RunProgress(3_200_000, 12_400_000, "bytes")));

    [Fact]
    public void Progress_in_other_units_is_counted() =>
        Assert.Equal("1,200 of 5,000 documents", Formats.Progress(new RunProgress(1_200, 5_000, "documents")));

    [Fact]
    public void Progress_without_a_total_says_what_is_done() =>
        Assert.Equal("1,200 documents", Formats.Progress(new RunProgress(1_200, 0, "documents")));

    [Fact]
    public void Time_left_follows_from_the_speed_so_far() =>
        Assert.Equal("about 30 s left", Formats.TimeLeft(new RunProgress(25, 100, "bytes"), TimeSpan.FromSeconds(10)));

    [Fact]
    public void Long_time_left_is_in_minutes() =>
        Assert.Equal("about 1 min 30 s left", Formats.TimeLeft(new RunProgress(10, 100, "bytes"), TimeSpan.FromSeconds(10)));

    [Theory]
    [InlineData(0, 100, 10)]
    [InlineData(100, 100, 10)]
    [InlineData(50, 0, 10)]
    [InlineData(50, 100, 1)]
    public void Time_left_is_not_guessed(long done, long total, int seconds) =>
        Assert.Null(Formats.TimeLeft(new RunProgress(done, total, "bytes"), TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void The_culture_of_the_server_does_not_matter()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");

            Assert.Equal("5,000", Formats.Count(5_000));
            Assert.Equal("12.4 MB", Formats.Bytes(12_400_000));
            Assert.Equal("2026-11-23 12:00:00 UTC", Formats.Utc(Samples.Now));
            Assert.Equal("2026-11-23T12:00:00.000Z", Formats.Iso(Samples.Now));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(-5, "0 min")]
    [InlineData(59, "59 min")]
    [InlineData(60, "1 h")]
    [InlineData(2879, "47 h")]
    [InlineData(2880, "2 days")]
    public void Reckons_what_is_to_come(int minutes, string text) => Assert.Equal(text, Formats.Span(TimeSpan.FromMinutes(minutes)));

    [Theory]
    [InlineData(0, 1e3, "kB")]
    [InlineData(999_999, 1e3, "kB")]
    [InlineData(1_000_000, 1e6, "MB")]
    [InlineData(2_000_000_000_000_000, 1e12, "TB")]
    public void Chooses_one_unit_for_many_sizes(long largest, double divisor, string unit) => Assert.Equal((divisor, unit), Formats.ByteScale(largest));
}
