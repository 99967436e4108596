using AngleSharp.Dom;
using Bunit;
using Bunit.TestDoubles;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;
using Microsoft.Extensions.DependencyInjection;
using MigrationsPage = Dashboard.Components.Pages.Migrations;

namespace Dashboard.Tests.Components.Pages;

public sealed class MigrationsTests : ScreenContext
{
    [Fact]
    public void Has_what_is_pending_on_top_and_the_newest_executed_after_it_each_with_a_word_for_its_state()
    {
        Desk.Migrations = [Section([Entry("001", MigrationState.Executed, 1), Entry("002", MigrationState.Drifted, 2), Entry("003", MigrationState.Pending), Entry("004", MigrationState.Failed)])];

        var page = Render<MigrationsPage>();

        Assert.Equal(
            [("003", "Pending"), ("004", "Failed"), ("002", "Drifted"), ("001", "Executed")],
            page.FindAll("tbody tr").Select(row => (row.QuerySelector(".mono")!.TextContent, row.QuerySelector(".state")!.TextContent.Trim())));
        Assert.All(page.FindAll("tbody .state"), state => Assert.NotNull(state.QuerySelector("svg")));
        Assert.Equal("2 executed, 1 pending, 1 failed or running", page.Find(".panel-head .aside").TextContent);
    }

    [Fact]
    public void Says_who_executed_it_in_which_run_how_long_it_took_with_which_release_and_what_to_know()
    {
        Desk.Migrations = [Section([Entry("001", MigrationState.Executed, 1) with { Took = TimeSpan.FromMilliseconds(412), Release = "dnd-tracker:1.1.0", Note = "Look at it." }])];

        var cells = Render<MigrationsPage>().FindAll("tbody td");

        Assert.Equal("runs/6b04da488268d8871e3b1aec", cells[2].QuerySelector("a")!.GetAttribute("href"));
        Assert.Contains("by ada", cells[2].TextContent, StringComparison.Ordinal);
        Assert.Equal(["412 ms", "dnd-tracker:1.1.0", "Look at it."], cells.Skip(3).Select(cell => cell.TextContent));
    }

    [Fact]
    public async Task Run_and_roll_back_show_a_plan_and_start_nothing()
    {
        Desk.Migrations = [Section([Entry("001", MigrationState.Executed, 1), Entry("002", MigrationState.Pending)])];
        Desk.Preview = new PlanPreview(Samples.Plan("staging") with { Steps = [new PlanStep("Run 1 migration in this order: 002")] });
        var page = Render<MigrationsPage>();

        await Button(page, "Run…").ClickAsync();

        Assert.Equal("Run 1 migration in this order: 002", page.Find(".plan-steps li").TextContent);
        Assert.Equal("run-migrations", Desk.Previewed[0].Operation);
        Assert.Empty(Desk.Started);
        Assert.False(Button(page, "Roll back…").HasAttribute("disabled"));
    }

    [Fact]
    public void A_button_that_cannot_be_pressed_says_why()
    {
        Desk.Migrations = [Section([])];

        var page = Render<MigrationsPage>();

        Assert.Equal("Nothing is pending.", Button(page, "Run…").GetAttribute("title"));
        Assert.Equal("No migration is executed.", Button(page, "Roll back…").GetAttribute("title"));
        Assert.Contains("There are no migrations.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_is_wrong_with_the_files_and_what_cannot_be_read()
    {
        Desk.Migrations =
        [
            Section([]) with { Status = new MigrationStatus([], ["003_x.json: it is not JSON."]) },
            Section([]) with { Environment = "production", Title = "Production", Status = null, Problem = "The database of Production does not answer." },
        ];

        var page = Render<MigrationsPage>();

        Assert.Equal("003_x.json: it is not JSON.", page.Find(".problem[role=alert]").TextContent);
        Assert.Contains("The database of Production does not answer.", page.Markup, StringComparison.Ordinal);
        Assert.Equal(["Staging", "Production"], page.FindAll("h2").Select(heading => heading.TextContent));
    }

    [Fact]
    public void Shows_what_other_tools_recorded()
    {
        Desk.Migrations = [Section([]) with { Foreign = [new ForeignLedger("Mongock", "mongockChangeLog", [new ForeignMigration("add-level", "executed", Samples.Now, "ada", null)])] }];

        var page = Render<MigrationsPage>();

        Assert.Equal("Recorded by Mongock in mongockChangeLog; only shown here", page.Find("h3").TextContent);
        Assert.Equal("add-level", page.Find("tbody td").TextContent);
    }

    [Fact]
    public void The_filter_stands_in_the_address_and_leaves_one_environment()
    {
        Desk.Migrations = [Section([]), Section([]) with { Environment = "production", Title = "Production" }];
        Services.GetRequiredService<BunitNavigationManager>().NavigateTo("migrations?environment=production");

        Assert.Equal(["Production"], Render<MigrationsPage>().FindAll("h2").Select(heading => heading.TextContent));
    }

    [Fact]
    public void Says_that_it_loads_and_recovers_by_itself()
    {
        Desk.Hold = new TaskCompletionSource();
        Assert.Contains("Loading the migrations …", Render<MigrationsPage>().Find("[role=status]").TextContent, StringComparison.Ordinal);

        (Desk.Hold, Desk.IsAway, Desk.Migrations) = (null, true, [Section([])]);
        var page = Render<MigrationsPage>();
        Assert.Contains("The migrations cannot be shown now", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Desk.IsAway = false;
        Time.Advance(TimeSpan.FromSeconds(5));
        page.WaitForAssertion(() => Assert.Equal("Staging", page.Find("h2").TextContent));
    }

    private static MigrationSection Section(IReadOnlyList<MigrationEntry> entries) => new("staging", "Staging", new MigrationStatus(entries, []), [], Problem: null, Holder: null, OnlyShown: null);

    private static MigrationEntry Entry(string version, MigrationState state, long? sequence = null) => new(
        version, "add a level", $"{version}_add_a_level.json", state, sequence, sequence is null ? null : Samples.Now, Took: null, HasDown: true, DestroysData: false, AddsOnly: true,
        Release: null, sequence is null ? null : "ada", sequence is null ? null : "6b04da488268d8871e3b1aec", Note: null);

    private static IElement Button(IRenderedComponent<MigrationsPage> page, string text) => page.FindAll("button").Single(button => button.TextContent.Trim() == text);
}
