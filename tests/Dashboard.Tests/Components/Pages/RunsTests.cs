using Bunit;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using RunsPage = Dashboard.Components.Pages.Runs;

namespace Dashboard.Tests.Components.Pages;

public sealed class RunsTests : ScreenContext
{
    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    [Fact]
    public void Lists_the_newest_runs_and_has_no_older_page_when_all_are_shown()
    {
        Desk.Runs.AddRange([Samples.Run(), Samples.Run(RunState.Failed, id: "6b04da488268d8871e3b1aeb")]);

        var page = Render<RunsPage>();

        Assert.Equal(2, page.FindAll("tbody tr").Count);
        Assert.Empty(page.FindAll(".paging a"));
    }

    [Fact]
    public void Older_runs_are_a_link_that_begins_after_the_last_one_shown()
    {
        Desk.Runs.AddRange(Enumerable.Range(0, 26).Select(number => Samples.Run(id: $"6b04da488268d8871e3b1{99 - number:000}")));

        var page = Render<RunsPage>();

        Assert.Equal(25, page.FindAll("tbody tr").Count);
        Assert.EndsWith("?before=6b04da488268d8871e3b1075", page.Find(".paging a").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_address_decides_what_is_listed()
    {
        Navigation.NavigateTo("runs?environment=staging&operation=create-backup&state=failed&before=6b04da488268d8871e3b1aec");

        var page = Render<RunsPage>();

        Assert.Equal("staging", Desk.LastList?.Filter.Environment);
        Assert.Equal("create-backup", Desk.LastList?.Filter.Operation);
        Assert.Equal([RunState.Failed], Desk.LastList?.Filter.States);
        Assert.Equal("6b04da488268d8871e3b1aec", Desk.LastList?.Before);
        Assert.Contains("No run is like that.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Choosing_changes_the_address_and_begins_at_the_newest()
    {
        Navigation.NavigateTo("runs?before=6b04da488268d8871e3b1aec");
        var page = Render<RunsPage>();

        page.FindAll("select")[2].Change("interrupted");

        Assert.EndsWith("runs?state=interrupted", Navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal([RunState.Interrupted], Desk.LastList?.Filter.States));
    }

    [Fact]
    public void Nonsense_in_the_address_filters_nothing()
    {
        Navigation.NavigateTo("runs?state=nonsense&environment=");
        Desk.Runs.Add(Samples.Run());

        var page = Render<RunsPage>();

        Assert.Single(page.FindAll("tbody tr"));
        Assert.Null(Desk.LastList?.Filter.States);
    }

    [Fact]
    public void Every_filter_has_a_label()
    {
        var page = Render<RunsPage>();

        Assert.Equal(["Environment", "Operation", "State"], page.FindAll("label").Select(label => label.ChildNodes[0].TextContent.Trim()));
        Assert.All(page.FindAll("label"), label => Assert.NotNull(label.QuerySelector("select")));
    }

    [Fact]
    public void Lists_anew_when_the_feed_tells_of_a_change()
    {
        var page = Render<RunsPage>();
        Assert.Contains("Nothing has run yet.", page.Markup, StringComparison.Ordinal);

        Desk.Runs.Add(Samples.Run());
        Desk.Tell(Desk.Runs);

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
    }

    [Fact]
    public void Says_that_it_loads()
    {
        Desk.Hold = new TaskCompletionSource();

        Assert.Contains("Loading the runs …", Render<RunsPage>().Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Recovers_by_itself_when_the_database_is_back()
    {
        Desk.IsAway = true;
        Desk.Runs.Add(Samples.Run());
        var page = Render<RunsPage>();
        Assert.Contains("does not answer", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        Desk.IsAway = false;
        Time.Advance(TimeSpan.FromSeconds(5));

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[role=alert]")));
    }

    [Fact]
    public async Task Stops_following_when_it_is_left()
    {
        Render<RunsPage>();
        Assert.Equal(1, Desk.Followers);

        await DisposeComponentsAsync();

        Assert.Equal(0, Desk.Followers);
    }
}
