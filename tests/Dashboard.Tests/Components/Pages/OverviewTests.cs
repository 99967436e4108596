using Bunit;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;
using OverviewPage = Dashboard.Components.Pages.Overview;

namespace Dashboard.Tests.Components.Pages;

public sealed class OverviewTests : ScreenContext
{
    [Fact]
    public void Has_a_card_for_each_environment_and_the_recent_runs()
    {
        Desk.Cards = [Samples.Card(Samples.Report()), Samples.Card(Samples.Report()) with { Name = "production", Title = "Production" }];
        Desk.Runs.Add(Samples.Run(RunState.Succeeded));

        var page = Render<OverviewPage>();

        Assert.Equal(["Staging", "Production", "Recent runs"], page.FindAll("h2").Select(heading => heading.TextContent));
        Assert.Single(page.FindAll("tbody tr"));
    }

    [Fact]
    public void Begins_with_what_is_proven_and_shows_only_the_newest_that_can_be_brought_back()
    {
        Desk.Cards = [Samples.Card(Samples.Report())];
        Desk.Health = [Samples.Health()];
        Desk.Kept =
        [
            Samples.Kept("6b04da488268d8871e3b1af1") with { UndoneBy = "6b04da488268d8871e3b1af9", IsThere = false },
            Samples.Kept("6b04da488268d8871e3b1af0"),
            Samples.Kept("6b04da488268d8871e3b1aef"),
        ];

        var page = Render<OverviewPage>();

        Assert.Equal(["Backups", "Staging", "Recent runs"], page.FindAll("h2").Select(heading => heading.TextContent));
        Assert.Equal("runs/6b04da488268d8871e3b1af0", page.FindAll("[role=note]").Single().QuerySelector("a")!.GetAttribute("href"));
    }

    [Fact]
    public void Says_that_it_loads()
    {
        Desk.Hold = new TaskCompletionSource();

        var page = Render<OverviewPage>();

        Assert.Contains("Loading the environments …", page.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_nothing_is_registered_and_nothing_has_run()
    {
        var page = Render<OverviewPage>();

        Assert.Contains("No environment is registered.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Nothing has run yet.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Recovers_by_itself_when_the_database_is_back()
    {
        (Desk.IsAway, Desk.Cards) = (true, [Samples.Card(Samples.Report())]);
        var page = Render<OverviewPage>();
        Assert.Equal(2, page.FindAll("[role=alert]").Count);

        Desk.IsAway = false;
        Time.Advance(TimeSpan.FromSeconds(5));

        page.WaitForAssertion(() => Assert.Equal("Staging", page.Find("h2").TextContent));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[role=alert]")));
    }

    [Fact]
    public void Keeps_the_last_known_cards_while_the_database_is_away()
    {
        Desk.Cards = [Samples.Card(Samples.Report())];
        var page = Render<OverviewPage>();

        Desk.IsAway = true;
        Time.Advance(TimeSpan.FromSeconds(5));

        page.WaitForAssertion(() => Assert.Contains("last known", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal("Staging", page.Find("h2").TextContent);
    }

    [Fact]
    public void Shows_a_run_as_the_feed_tells_it()
    {
        Desk.Cards = [Samples.Card(Samples.Report())];
        var page = Render<OverviewPage>();

        Desk.Tell([Samples.Run()]);

        page.WaitForAssertion(() => Assert.Equal("runs/6b04da488268d8871e3b1aec", page.Find(".tile-runs a").GetAttribute("href")));
    }

    [Fact]
    public void Reads_the_cards_again_when_a_run_has_ended()
    {
        Desk.Cards = [Samples.Card(Samples.Report())];
        var page = Render<OverviewPage>();
        Assert.Contains("Never backed up", page.Markup, StringComparison.Ordinal);

        Desk.Cards = [Samples.Card(Samples.Report(), backup: Samples.Backup())];
        Desk.Tell([Samples.Run(RunState.Succeeded)]);

        page.WaitForAssertion(() => Assert.Contains("12.4 MB", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stops_following_when_it_is_left()
    {
        Render<OverviewPage>();
        Assert.Equal(1, Desk.Followers);

        await DisposeComponentsAsync();

        Assert.Equal(0, Desk.Followers);
    }
}
