using AngleSharp.Dom;
using Bunit;
using Bunit.TestDoubles;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;
using Microsoft.Extensions.DependencyInjection;
using BackupsPage = Dashboard.Components.Pages.Backups;

namespace Dashboard.Tests.Components.Pages;

public sealed class BackupsTests : ScreenContext
{
    private static readonly BackupSection Production = Samples.Section() with { Environment = "production", Title = "Production" };

    [Fact]
    public void Has_a_section_for_each_environment_the_schedule_and_the_storage()
    {
        Desk.Page = Samples.Page(Samples.Section(Samples.Shelved()), Production);

        var page = Render<BackupsPage>();

        Assert.Equal(["Staging", "Production", "Schedule", "Storage"], page.FindAll("h2").Select(heading => heading.TextContent));
        Assert.Single(page.FindAll("tbody tr"));
        Assert.Contains("Production was never backed up.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void The_filter_stands_in_the_address_and_leaves_one_environment()
    {
        Desk.Page = Samples.Page(Samples.Section(), Production) with
        {
            Schedule = [new BackupSlot("nightly", "create-backup", "production", "Nightly", "0 3 * * *", "UTC", [Samples.Now.AddHours(15)])],
        };
        var navigation = Services.GetRequiredService<BunitNavigationManager>();
        navigation.NavigateTo("backups?environment=staging");
        var page = Render<BackupsPage>();
        Assert.Equal(["Staging", "Schedule", "Storage"], page.FindAll("h2").Select(heading => heading.TextContent));
        Assert.Contains("Nothing is scheduled.", page.Markup, StringComparison.Ordinal);

        page.Find("select").Change(string.Empty);

        Assert.EndsWith("/backups", navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_it_loads()
    {
        Desk.Hold = new TaskCompletionSource();

        Assert.Contains("Loading the backups …", Render<BackupsPage>().Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Recovers_by_itself_when_the_database_is_back_and_keeps_what_was_known()
    {
        (Desk.IsAway, Desk.Page) = (true, Samples.Page(Samples.Section()));
        var page = Render<BackupsPage>();
        Assert.Contains("The backups cannot be shown now", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        Desk.IsAway = false;
        Time.Advance(TimeSpan.FromSeconds(5));
        page.WaitForAssertion(() => Assert.Equal("Staging", page.Find("h2").TextContent));

        Desk.IsAway = true;
        Time.Advance(TimeSpan.FromSeconds(15));
        page.WaitForAssertion(() => Assert.Contains("what was last known", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal("Staging", page.Find("h2").TextContent);
    }

    [Fact]
    public async Task Back_up_and_verify_need_one_click_each()
    {
        Desk.Page = Samples.Page(Samples.Section(Samples.Shelved()));
        Desk.Intake = new IntakeResult.Accepted(Samples.Run(RunState.Queued));
        var page = Render<BackupsPage>();

        await Button(page, "Back up").ClickAsync();
        Desk.Intake = new IntakeResult.Accepted(Samples.Run(RunState.Queued, id: "6b04da488268d8871e3b1aed"));
        await Button(page, "Verify the newest").ClickAsync();

        Assert.Equal(["create-backup", "verify-backup"], Desk.Presses.Select(press => press.Operation));
        Assert.Equal("""{"archive":"backup-staging-20261123-090000.gz"}""", Desk.Presses[1].Request!.ToJsonString());
        Assert.Equal(2, page.FindAll("[role=progressbar]").Count);
    }

    [Fact]
    public void What_was_never_backed_up_can_neither_be_verified_nor_pruned()
    {
        Desk.Page = Samples.Page(Samples.Section());
        var page = Render<BackupsPage>();

        Assert.True(Button(page, "Verify the newest").HasAttribute("disabled"));
        Assert.Equal("There is nothing to prune yet.", Button(page, "Prune…").GetAttribute("title"));
    }

    [Fact]
    public async Task Prune_shows_exactly_what_would_go_before_anything_is_started()
    {
        Desk.Page = Samples.Page(Samples.Section(Samples.Shelved()));
        Desk.Preview = new PlanPreview(Samples.Plan("staging") with { Steps = [new PlanStep("Delete backup-staging-20261101-030000.gz", "older than 7 days; 12,400,000 bytes")] });
        var page = Render<BackupsPage>();

        await Button(page, "Prune…").ClickAsync();

        Assert.Equal("Delete backup-staging-20261101-030000.gzolder than 7 days; 12,400,000 bytes", page.Find(".plan-steps li").TextContent);
        Assert.Empty(Desk.Started);
    }

    [Fact]
    public void Reads_anew_when_a_run_has_ended()
    {
        Desk.Page = Samples.Page(Samples.Section());
        var page = Render<BackupsPage>();

        Desk.Page = Samples.Page(Samples.Section(Samples.Shelved()));
        Desk.Tell([Samples.Run(RunState.Succeeded)]);

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));
    }

    [Fact]
    public void What_a_restore_keeps_can_be_brought_back_from_here()
    {
        Desk.Page = Samples.Page(Samples.Section(Samples.Shelved()) with { Kept = [Samples.Kept()] });

        Assert.Contains("is kept until", Render<BackupsPage>().Find("[role=note]").TextContent, StringComparison.Ordinal);
    }

    private static IElement Button(IRenderedComponent<BackupsPage> page, string text) => page.FindAll("button").Single(button => button.TextContent.Trim() == text);
}
