using Dashboard.Operations.Logs;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Tests.Running;

public sealed class MomentsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 18, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("now", "2026-11-24T18:00:00Z")]
    [InlineData("+90m", "2026-11-24T19:30:00Z")]
    [InlineData("+1d", "2026-11-25T18:00:00Z")]
    [InlineData("2026-11-25 07:30", "2026-11-25T07:30:00Z")]
    [InlineData("2026-11-25 07:30 UTC", "2026-11-25T07:30:00Z")]
    [InlineData("2026-11-25T07:30:00+02:00", "2026-11-25T05:30:00Z")]
    [InlineData("2026-11-25T07:30", "2026-11-25T07:30:00Z")]
    public void Reads_what_people_type(string text, string at)
    {
        Assert.True(Moments.TryRead(text, Now, out var read));
        Assert.Equal(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), read);
    }

    [Theory]
    [InlineData("15m", "2026-11-24T17:45:00Z")]
    [InlineData("30d", "2026-10-25T18:00:00Z")]
    public void Reads_how_long_ago(string text, string at)
    {
        Assert.True(LogTimes.TryRead(text, Now, out var read));
        Assert.Equal(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("+2x")]
    [InlineData("-2h")]
    [InlineData("99999999d")]
    [InlineData("18:00")]
    [InlineData("2026-13-01 10:00")]
    public void Refuses_the_rest(string? text) => Assert.False(LogTimes.TryRead(text, Now, out _));
}
