using Bunit;
using Dashboard.Components.Pages;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Pages;

public sealed class RunPageTests : ScreenContext
{
    private const string Id = "6b04da488268d8871e3b1aec";

    [Fact]
    public void Shows_title_state_steps_facts_and_log()
    {
        Desk.Runs.Add(Samples.Run() with { Steps = [Samples.Step()] });
        Desk.Lines.Add(Samples.Line(1, "8 collections"));

        var page = RenderPage(Id);

        Assert.Equal("Back up of staging", page.Find("h1").TextContent);
        Assert.Equal(["Steps", "Facts", "Log"], page.FindAll("h2").Select(heading => heading.TextContent));
        Assert.Contains("8 collections", page.Find("[role=log]").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll("[role=progressbar]"));
    }

    [Fact]
    public void Follows_from_the_last_line_it_has_read()
    {
        Desk.Runs.Add(Samples.Run());
        Desk.Lines.AddRange([Samples.Line(6), Samples.Line(7)]);
        var page = RenderPage(Id);
        Assert.Equal(7, Desk.FollowedAfter);

        Desk.Tell(new RunUpdate(Samples.Run(RunState.Succeeded), [Samples.Line(8, "the end")]));

        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll(".log-line").Count));
        Assert.Contains("Succeeded", page.Find(".outcome").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[role=progressbar]"));
    }

    [Fact]
    public void Keeps_no_more_lines_than_a_page_can_carry()
    {
        Desk.Runs.Add(Samples.Run());
        Desk.Lines.AddRange(Enumerable.Range(1, RunHistory.LinesAtOnce).Select(number => Samples.Line(number)));
        var page = RenderPage(Id);

        Desk.Tell(new RunUpdate(Samples.Run(), [Samples.Line(RunHistory.LinesAtOnce + 1, "newest")]));

        page.WaitForAssertion(() => Assert.Contains("newest", page.Find(".log-line:last-child").TextContent, StringComparison.Ordinal));
        Assert.Equal(RunHistory.LinesAtOnce, page.FindAll(".log-line").Count);
    }

    [Fact]
    public async Task Cancel_is_shown_as_asked_for_at_once()
    {
        Desk.Runs.Add(Samples.Run());
        var page = RenderPage(Id);

        await page.Find(".cancel button").ClickAsync();

        Assert.Equal([Id], Desk.Cancelled);
        Assert.Contains("Cancel asked for by local operator", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_id_is_answered_kindly()
    {
        var page = RenderPage("nonsense");

        Assert.Equal("No such run", page.Find("h1").TextContent);
        Assert.Contains("nonsense", page.Markup, StringComparison.Ordinal);
        Assert.Equal("runs", page.Find("a").GetAttribute("href"));
        Assert.Equal(0, Desk.Followers);
    }

    [Fact]
    public void Says_that_it_loads()
    {
        Desk.Hold = new TaskCompletionSource();

        Assert.Contains("Loading the run …", RenderPage(Id).Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Recovers_by_itself_when_the_database_is_back()
    {
        Desk.IsAway = true;
        Desk.Runs.Add(Samples.Run());
        var page = RenderPage(Id);
        Assert.Contains("does not answer", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        Desk.IsAway = false;
        Time.Advance(TimeSpan.FromSeconds(5));

        page.WaitForAssertion(() => Assert.Equal("Back up of staging", page.Find("h1").TextContent));
        page.WaitForAssertion(() => Assert.Equal(1, Desk.Followers));
    }

    [Fact]
    public void Another_id_shows_another_run()
    {
        Desk.Runs.AddRange([Samples.Run(), Samples.Run(id: "6b04da488268d8871e3b1aee", environment: "production")]);
        var page = RenderPage(Id);

        page.Render(parameters => parameters.Add(shown => shown.Id, "6b04da488268d8871e3b1aee"));

        Assert.Equal("Back up of production", page.Find("h1").TextContent);
        Assert.Equal(1, Desk.Followers);
    }

    private IRenderedComponent<RunPage> RenderPage(string id) => Render<RunPage>(parameters => parameters.Add(shown => shown.Id, id));
}
