using Bunit;
using Bunit.TestDoubles;
using Dashboard.Operations.Logs;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;
using Microsoft.Extensions.DependencyInjection;
using LogsPage = Dashboard.Components.Pages.Logs;

namespace Dashboard.Tests.Components.Pages;

public sealed class LogsTests : ScreenContext
{
    private BunitNavigationManager Navigation => Services.GetRequiredService<BunitNavigationManager>();

    [Fact]
    public void Shows_lines_with_their_level_in_words_and_the_gaps()
    {
        Desk.Logs = new LogAnswer([Line("a", "it goes"), Line("b", "<it> broke", LineLevel.Error)], [new LogGap { Id = "g", Environment = "staging", From = Samples.Now.AddMinutes(-9), To = Samples.Now.AddMinutes(-8), Why = "nobody looked" }], HasMore: true, Samples.Now.AddMinutes(-10));

        var page = Render<LogsPage>();

        Assert.Equal(2, page.FindAll(".log-line").Count);
        Assert.Equal("ERROR", page.Find(".log-error b").TextContent);
        Assert.Contains("<it> broke", page.Find(".log-error").TextContent, StringComparison.Ordinal);
        Assert.Contains("not captured from 2026-11-23 11:51:00 to 2026-11-23 11:52:00 UTC: nobody looked", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Only the newest 300 lines that match are shown.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Nothing before 2026-11-23 11:50:00 UTC is kept.", page.Markup, StringComparison.Ordinal);
        Assert.Equal(new LogQuery("staging", Samples.Now.AddMinutes(-15), Limit: 300), Desk.LastQuery);
    }

    [Fact]
    public void The_question_stands_in_the_address()
    {
        Desk.Machines = ["m1"];
        Navigation.NavigateTo("logs?environment=production&since=1h&level=error&machine=m1&contains=boom");

        var page = Render<LogsPage>();

        Assert.Equal(new LogQuery("production", Samples.Now.AddHours(-1), Level: LineLevel.Error, Contains: "boom", Machine: "m1", Limit: 300), Desk.LastQuery);
        Assert.Contains("api/logs/production?since=1h&level=error&machine=m1&contains=boom&limit=5000&format=text", page.FindAll("a").Single(link => link.TextContent == "As text").GetAttribute("href"), StringComparison.Ordinal);

        page.FindAll("select")[1].Change("7d");
        Assert.Contains("since=7d", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Follows_what_comes()
    {
        var page = Render<LogsPage>();
        Assert.Contains("No line is like that.", page.Markup, StringComparison.Ordinal);
        Desk.Logs = new LogAnswer([Line("a", "it goes")], [], HasMore: false, Samples.Now);

        Time.Advance(TimeSpan.FromSeconds(3));

        page.WaitForAssertion(() => Assert.Single(page.FindAll(".log-line")));
    }

    [Fact]
    public void Says_what_is_wrong_with_a_question()
    {
        Navigation.NavigateTo("logs?since=yesterday");

        Assert.Contains("That cannot be asked", Render<LogsPage>().Markup, StringComparison.Ordinal);
        Assert.Null(Desk.LastQuery);
    }

    [Fact]
    public void Says_that_it_loads()
    {
        Desk.Hold = new TaskCompletionSource();

        Assert.Contains("Loading the lines …", Render<LogsPage>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_it_cannot_be_read()
    {
        Desk.IsAway = true;

        Assert.Contains("The lines cannot be shown now", Render<LogsPage>().Markup, StringComparison.Ordinal);
    }

    private static LogLine Line(string id, string text, LineLevel level = LineLevel.Info) =>
        new() { Id = id, Environment = "staging", At = Samples.Now.AddMinutes(-1), Machine = "m1", Level = level, Text = text, Order = 1 };
}
