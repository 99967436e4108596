using Bunit;
using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;
using MaintenanceScreen = Dashboard.Components.Pages.Maintenance;

namespace Dashboard.Tests.Components.Pages;

public sealed class MaintenanceTests : ScreenContext
{
    [Fact]
    public void Shows_the_open_window_with_what_is_left_and_the_way_out()
    {
        Desk.Maintenance = Page(Window(WindowState.Open));

        var page = Render<MaintenanceScreen>();

        Assert.Contains("In maintenance, 30 min left", page.Markup, StringComparison.Ordinal);
        Assert.Contains("We move.", page.Markup, StringComparison.Ordinal);
        Assert.Equal("backups/backup-staging-20261123-110000.gz", page.FindAll("a").Single(link => link.TextContent.StartsWith("backup-", StringComparison.Ordinal)).GetAttribute("href"));
        Assert.Contains(page.FindAll("button"), button => button.TextContent.Trim() == "Leave…");
    }

    [Fact]
    public void Says_how_long_it_is_overdue_as_the_time_goes()
    {
        Desk.Maintenance = Page(Window(WindowState.Open));
        var page = Render<MaintenanceScreen>();

        Time.Advance(TimeSpan.FromMinutes(42));

        page.WaitForAssertion(() => Assert.Contains("Maintenance overdue by 12 min", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public void Lists_what_is_planned_and_what_is_past()
    {
        Desk.Maintenance = Page(
            open: null,
            [Window(WindowState.Planned) with { Title = "New hosts" }],
            [Window(WindowState.Closed) with { Title = "Old hosts", ClosedAt = Samples.Now.AddHours(2) }, Window(WindowState.Cancelled) with { Id = "c", Title = "Never" }]);

        var page = Render<MaintenanceScreen>();

        Assert.Contains("Open to visitors", page.Markup, StringComparison.Ordinal);
        Assert.Equal(["New hosts", "Old hosts", "Never"], page.FindAll("td strong").Select(title => title.TextContent));
        Assert.Contains("1 h late", page.Markup, StringComparison.Ordinal);
        Assert.Contains(page.FindAll("button"), button => button.TextContent.Trim() == "Cancel…");
        Assert.Contains(page.FindAll("button"), button => button.TextContent.Trim() == "Plan…");
    }

    [Fact]
    public void Asks_for_the_plan_of_the_planned_window_that_is_entered()
    {
        Desk.Maintenance = Page(open: null, [Window(WindowState.Planned)]);
        Desk.Preview = new PlanPreview(Samples.Plan("staging")) { Notices = ["A notice."] };
        var page = Render<MaintenanceScreen>();

        page.FindAll("td button").First(button => button.TextContent.Trim() == "Enter…").Click();

        var press = Assert.Single(Desk.Previewed);
        Assert.Equal(("enter-maintenance", "staging", "6b04da488268d8871e3b1aec"), (press.Operation, press.Environment, press.Request?["window"]?.GetValue<string>()));
        Assert.Contains("A notice.", page.Find("dialog").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_it_loads()
    {
        Desk.Hold = new TaskCompletionSource();

        Assert.Contains("Loading the windows …", Render<MaintenanceScreen>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_nothing_is_there()
    {
        var page = Render<MaintenanceScreen>();

        Assert.Contains("Nothing is planned.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("There was no maintenance yet.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_what_was_known_while_it_cannot_be_read()
    {
        Desk.Maintenance = Page(Window(WindowState.Open));
        var page = Render<MaintenanceScreen>();
        Desk.IsAway = true;

        Time.Advance(TimeSpan.FromSeconds(5));

        page.WaitForAssertion(() => Assert.Contains("The windows below are what was last known", page.Markup, StringComparison.Ordinal));
        Assert.Contains("In maintenance", page.Markup, StringComparison.Ordinal);
    }

    internal static MaintenanceWindow Window(WindowState state) => new()
    {
        Id = "6b04da488268d8871e3b1aec",
        Environment = "staging",
        Title = "New hosts",
        Notice = "We move.",
        Start = Samples.Now.AddMinutes(-30),
        End = Samples.Now.AddMinutes(30),
        State = state,
        Actor = "ada",
        Reason = "as announced",
        RunIds = ["6b04da488268d8871e3b1aec"],
        Backup = "backup-staging-20261123-110000.gz",
        OpenedAt = state == WindowState.Planned ? null : Samples.Now.AddMinutes(-29),
        OpenedBy = state == WindowState.Planned ? null : "ada",
        SeenAt = state == WindowState.Planned ? null : Samples.Now.AddMinutes(-29),
    };

    private static MaintenancePage Page(MaintenanceWindow? open, IReadOnlyList<MaintenanceWindow>? planned = null, IReadOnlyList<MaintenanceWindow>? past = null) =>
        new([new MaintenanceNow("staging", "Staging", open)], planned ?? [], past ?? []);
}
