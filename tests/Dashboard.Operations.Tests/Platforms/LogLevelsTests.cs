using Dashboard.Operations.Platforms;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Tests.Platforms;

public sealed class LogLevelsTests
{
    [Theory]
    [InlineData("2026-11-24T10:00:00.000Z fail: DndTracker.Program[0] It broke", LineLevel.Error)]
    [InlineData("fail: Microsoft.AspNetCore[1]", LineLevel.Error)]
    [InlineData("[10:00:00 ERR] It broke", LineLevel.Error)]
    [InlineData("Error: Cannot find module 'x'", LineLevel.Error)]
    [InlineData("""{"level":"error","msg":"x"}""", LineLevel.Error)]
    [InlineData("""{"time":1,"level":50,"msg":"x"}""", LineLevel.Error)]
    [InlineData("""{"@t":"2026","@l":"Fatal","@mt":"x"}""", LineLevel.Error)]
    [InlineData("time=2026 level=error msg=x", LineLevel.Error)]
    [InlineData("warn: x", LineLevel.Warning)]
    [InlineData("""{"severity":"WARNING","message":"an error"}""", LineLevel.Warning)]
    [InlineData("2026-11-24 10:00:00,123 WARN  c.e.App - x", LineLevel.Warning)]
    [InlineData("info: GET /errors 200", LineLevel.Info)]
    [InlineData("2026-11-24T10:00:00.000Z info: DndTracker.RequestLog[0] GET /error 200 3 ms", LineLevel.Info)]
    [InlineData("There were no errors and no warnings", LineLevel.Info)]
    [InlineData("{not json", LineLevel.Info)]
    [InlineData("", LineLevel.Info)]
    public void Reads_the_level_from_the_line_itself(string text, LineLevel level) =>
        Assert.Equal(level, LogLevels.Of(new PlatformLine(DateTimeOffset.UnixEpoch, "m", LineLevel.Info, text)));

    [Theory]
    [InlineData("the machine ended", LineLevel.Error, LineLevel.Error)]
    [InlineData("info: well", LineLevel.Error, LineLevel.Info)]
    public void Takes_the_platforms_guess_only_where_the_line_says_nothing(string text, LineLevel guess, LineLevel level) =>
        Assert.Equal(level, LogLevels.Of(new PlatformLine(DateTimeOffset.UnixEpoch, "m", guess, text)));
}
