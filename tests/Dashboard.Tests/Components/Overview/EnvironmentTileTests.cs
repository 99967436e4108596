using AngleSharp.Dom;
using Bunit;
using Dashboard.Components.Overview;
using Dashboard.Operations.Health;
using Dashboard.Operations.Overview;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Overview;

public sealed class EnvironmentTileTests : ScreenContext
{
    [Fact]
    public void Shows_health_database_migrations_release_and_backup()
    {
        var tile = RenderTile(Samples.Card(Samples.Report(), backup: Samples.Backup()));

        Assert.Equal("Staging", tile.Find("h2").TextContent);
        Assert.Contains("Healthy", tile.Find("header").TextContent, StringComparison.Ordinal);
        Assert.Contains("Healthy", Fact(tile, "Database"), StringComparison.Ordinal);
        Assert.Contains("3 ms", Fact(tile, "Database"), StringComparison.Ordinal);
        Assert.Contains("12", Fact(tile, "Migrations"), StringComparison.Ordinal);
        Assert.Contains("none pending", Fact(tile, "Migrations"), StringComparison.Ordinal);
        Assert.Equal("1.4.2", Fact(tile, "Release"));
        Assert.Contains("3 h ago", Fact(tile, "Last backup"), StringComparison.Ordinal);
        Assert.Contains("12.4 MB, 2,000 documents", Fact(tile, "Last backup"), StringComparison.Ordinal);
    }

    [Fact]
    public void Pending_migrations_are_marked() =>
        Assert.Contains("2 pending", Fact(RenderTile(Samples.Card(Samples.Report() with { MigrationsPending = 2 })), "Migrations"), StringComparison.Ordinal);

    [Fact]
    public void Maintenance_is_marked_with_what_is_left_and_with_what_is_overdue()
    {
        var window = Pages.MaintenanceTests.Window(Operations.Maintenance.WindowState.Open);

        Assert.Contains("In maintenance, 30 min left", RenderTile(Samples.Card() with { Maintenance = window }).Markup, StringComparison.Ordinal);
        Assert.Contains("Maintenance overdue by 12 min", RenderTile(Samples.Card() with { Maintenance = window with { End = Samples.Now.AddMinutes(-12) } }).Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("maintenance", RenderTile(Samples.Card()).Markup, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void What_was_never_seen_is_unknown_and_never_green()
    {
        var tile = RenderTile(Samples.Card());

        Assert.Contains("Unknown", tile.Find("header").TextContent, StringComparison.Ordinal);
        Assert.Contains("Never checked yet.", tile.Markup, StringComparison.Ordinal);
        Assert.Contains("Unknown", Fact(tile, "Database"), StringComparison.Ordinal);
        Assert.Equal("unknown", Fact(tile, "Release"));
        Assert.Contains("Never backed up", Fact(tile, "Last backup"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stale_report_claims_nothing()
    {
        var tile = RenderTile(Samples.Card(Samples.Report(), isStale: true));

        Assert.Contains("Unknown", tile.Find("header").TextContent, StringComparison.Ordinal);
        Assert.Contains("The checks have stopped", tile.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Healthy", tile.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Draws_the_last_hour()
    {
        var tile = RenderTile(Samples.Card(Samples.Report(), past: [new ResponseTime(Samples.Now, 12, HealthState.Healthy)]));

        Assert.Contains("the latest 12 ms", tile.Find("canvas").GetAttribute("aria-label"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Back_up_needs_one_click_and_shows_its_run_at_once()
    {
        Desk.Intake = new IntakeResult.Accepted(Samples.Run(RunState.Queued));
        var tile = RenderTile(Samples.Card(Samples.Report()));

        await Button(tile, "Back up").ClickAsync();

        Assert.Equal([("create-backup", "staging", "Pressed on the overview")], Desk.Started);
        Assert.Equal("runs/6b04da488268d8871e3b1aec", tile.Find(".tile-runs a").GetAttribute("href"));
        Assert.Single(tile.FindAll("[role=progressbar]"));
    }

    [Fact]
    public async Task Check_health_needs_one_click()
    {
        Desk.Intake = new IntakeResult.Accepted(Samples.Run(RunState.Queued) with { Operation = "check-health", Title = "Check health" });
        var tile = RenderTile(Samples.Card(Samples.Report()));

        await Button(tile, "Check health").ClickAsync();

        Assert.Equal([("check-health", "staging", "Pressed on the overview")], Desk.Started);
    }

    [Fact]
    public async Task A_run_that_the_feed_brings_too_is_shown_once()
    {
        Desk.Intake = new IntakeResult.Accepted(Samples.Run(RunState.Queued));
        var tile = RenderTile(Samples.Card(Samples.Report()));
        await Button(tile, "Back up").ClickAsync();

        tile.Render(parameters => parameters.Add(shown => shown.Runs, [Samples.Run()]));
        Assert.Single(tile.FindAll("[role=progressbar]"));

        tile.Render(parameters => parameters.Add(shown => shown.Runs, [Samples.Run(RunState.Succeeded)]));
        Assert.Empty(tile.FindAll("[role=progressbar]"));
    }

    [Fact]
    public void Runs_of_other_environments_stay_on_their_own_card()
    {
        var tile = RenderTile(Samples.Card(Samples.Report()), Samples.Run(environment: "production"));

        Assert.Empty(tile.FindAll("[role=progressbar]"));
    }

    [Fact]
    public async Task A_held_lease_is_explained_with_a_link_to_its_run()
    {
        Desk.Intake = new IntakeResult.LeaseHeld(Samples.Lease());
        var tile = RenderTile(Samples.Card(Samples.Report()));

        await Button(tile, "Back up").ClickAsync();

        var alert = tile.Find("[role=alert]");
        Assert.Contains(Samples.Lease().Sentence, alert.TextContent, StringComparison.Ordinal);
        Assert.Equal("runs/6b04da488268d8871e3b1aff", alert.QuerySelector("a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task A_refused_request_says_why()
    {
        Desk.Intake = new IntakeResult.Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["reason"] = ["Say why."] });
        var tile = RenderTile(Samples.Card(Samples.Report()));

        await Button(tile, "Back up").ClickAsync();

        Assert.Contains("Say why.", tile.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_away_starts_nothing_and_says_so()
    {
        Desk.IsAway = true;
        var tile = RenderTile(Samples.Card(Samples.Report()));

        await Button(tile, "Back up").ClickAsync();

        Assert.Contains("Whether it was started is not known", tile.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.False(Button(tile, "Back up").HasAttribute("disabled"));
    }

    [Fact]
    public void Says_who_holds_the_environment_now()
    {
        var tile = RenderTile(Samples.Card(Samples.Report(), holder: Samples.Lease()));

        Assert.Contains("Held by Restore of grace", tile.Find(".tile-runs").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_release_and_the_last_backup_lead_to_their_pages() => Assert.Equal(
        ["deployments?environment=staging", "backups/backup-staging-20261123-090000.gz"],
        RenderTile(Samples.Card(Samples.Report(), backup: Samples.Backup())).FindAll("dl a").Select(link => link.GetAttribute("href")));

    [Fact]
    public void Offers_the_way_back_and_asks_for_its_plan_first()
    {
        var tile = RenderTile(Samples.Card(Samples.Report()));

        tile.FindAll("button").First(button => button.TextContent.Contains("Roll back…", StringComparison.Ordinal)).Click();

        Assert.Equal(("roll-back", "staging"), (Assert.Single(Desk.Previewed).Operation, Desk.Previewed[0].Environment));
        Assert.Empty(Desk.Started);
    }

    [Fact]
    public void What_a_restore_keeps_can_be_brought_back_from_here()
    {
        var tile = Render<EnvironmentTile>(parameters => parameters
            .Add(shown => shown.Card, Samples.Card(Samples.Report())).Add(shown => shown.Runs, []).Add(shown => shown.Kept, [Samples.Kept()]));

        Assert.Contains("is kept until", tile.Find("[role=note]").TextContent, StringComparison.Ordinal);
        Assert.NotNull(Button(tile, "Undo…"));
    }

    private static string Fact(IRenderedComponent<EnvironmentTile> tile, string name) =>
        tile.FindAll("dl > div").Single(pair => pair.Children[0].TextContent == name).Children[1].TextContent.Trim();

    private static IElement Button(IRenderedComponent<EnvironmentTile> tile, string text) =>
        tile.FindAll("button").Single(button => button.TextContent.Trim() == text);

    private IRenderedComponent<EnvironmentTile> RenderTile(EnvironmentCard card, params Run[] runs) =>
        Render<EnvironmentTile>(parameters => parameters.Add(shown => shown.Card, card).Add(shown => shown.Runs, runs));
}
