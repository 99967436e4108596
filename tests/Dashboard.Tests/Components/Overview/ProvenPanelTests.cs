using Bunit;
using Dashboard.Components.Overview;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Overview;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Overview;

public sealed class ProvenPanelTests : ScreenContext
{
    private static readonly BackupHealthReport Red =
        Samples.Health(BackupVerdict.Red, findings: new BackupFinding(BackupVerdict.Red, "No backup was ever proven."));

    [Fact]
    public void Has_a_line_for_each_environment_and_no_button_where_all_is_well()
    {
        var panel = RenderPanel([Samples.Health(), Samples.Health() with { Environment = "production", Title = "Production" }], []);

        Assert.Equal(["Staging", "Production"], panel.FindAll(".proven-name").Select(name => name.TextContent));
        Assert.All(panel.FindAll(".proven-says"), line => Assert.Contains("Last proven restorable:", line.TextContent, StringComparison.Ordinal));
        Assert.Empty(panel.FindAll("button"));
        Assert.Equal("backups", panel.Find("header a").GetAttribute("href"));
    }

    [Fact]
    public async Task What_is_not_proven_can_be_verified_with_one_click()
    {
        Desk.Intake = new IntakeResult.Accepted(Samples.Run(RunState.Queued));
        var panel = RenderPanel([Red], [Samples.Card(backup: Samples.Backup())]);

        await panel.FindAll("button").Single().ClickAsync();

        Assert.Equal(("verify-backup", "staging"), (Assert.Single(Desk.Presses).Operation, Desk.Presses[0].Environment));
    }

    [Fact]
    public void What_was_never_backed_up_is_backed_up_first() =>
        Assert.Equal("Back up", RenderPanel([Red], [Samples.Card()]).FindAll("button").Single().TextContent.Trim());

    [Fact]
    public void What_is_being_verified_is_not_asked_for_again()
    {
        var panel = RenderPanel([Red], [Samples.Card(backup: Samples.Backup())], Samples.Run() with { Operation = "verify-backup" });

        var button = panel.FindAll("button").Single();
        Assert.True(button.HasAttribute("disabled"));
        Assert.Equal("It is being done now.", button.GetAttribute("title"));
        Assert.Empty(panel.FindAll("[role=progressbar]"));
    }

    [Fact]
    public void Where_no_click_helps_it_leads_to_the_backups()
    {
        var finding = new BackupFinding(BackupVerdict.Amber, "The backups are not encrypted.");
        var panel = RenderPanel([Samples.Health(BackupVerdict.Amber, Samples.Entry(), finding)], [Samples.Card(backup: Samples.Backup())]);

        Assert.Empty(panel.FindAll("button"));
        Assert.Equal("backups?environment=staging", panel.Find(".proven-row > a").GetAttribute("href"));
    }

    private IRenderedComponent<ProvenPanel> RenderPanel(IReadOnlyList<BackupHealthReport> reports, IReadOnlyList<EnvironmentCard> cards, params Run[] runs) =>
        Render<ProvenPanel>(parameters => parameters.Add(shown => shown.Reports, reports).Add(shown => shown.Cards, cards).Add(shown => shown.Runs, runs));
}
