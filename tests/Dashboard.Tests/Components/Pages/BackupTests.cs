using AngleSharp.Dom;
using Bunit;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;
using BackupPage = Dashboard.Components.Pages.Backup;

namespace Dashboard.Tests.Components.Pages;

public sealed class BackupTests : ScreenContext
{
    private const string Name = "backup-staging-20261123-090000.gz";

    [Fact]
    public void Shows_proof_facts_the_way_out_and_the_collections()
    {
        Desk.Detail = Detail(Samples.Entry());

        var page = RenderPage(Name);

        Assert.Equal(Name, page.Find("h1").TextContent);
        Assert.Equal(["Proof", "Facts", "Without this dashboard", "Collections"], page.FindAll("h2").Select(heading => heading.TextContent));
        Assert.Contains("schedule", Fact(page, "Asked for by"), StringComparison.Ordinal);
        Assert.Equal("Nightly backup", Fact(page, "Reason"));
        Assert.Contains("2,000 documents", Fact(page, "Content"), StringComparison.Ordinal);
        Assert.Equal("MongoDB 7.0.0", Fact(page, "Server"));
        Assert.Contains("/data/backups", Fact(page, "File"), StringComparison.Ordinal);
        Assert.Equal("No", Fact(page, "Encrypted"));
        var cells = page.FindAll(".collections tbody td").Select(cell => cell.TextContent.Trim()).ToList();
        Assert.Equal(["users", "2,000", "900.0 kB"], cells[..3]);
        Assert.Contains("1 index", cells[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_and_restore_are_asked_for_by_its_name()
    {
        (Desk.Detail, Desk.Preview) = (Detail(Samples.Entry(rung: BackupRung.Taken)), new PlanPreview(Samples.Plan()));
        Desk.Intake = new IntakeResult.Accepted(Samples.Run(RunState.Queued));
        var page = RenderPage(Name);

        await Button(page, "Verify").ClickAsync();
        await Button(page, "Restore…").ClickAsync();

        Assert.Equal($$"""{"archive":"{{Name}}"}""", Assert.Single(Desk.Presses).Request!.ToJsonString());
        Assert.Equal(("restore-backup", "staging"), (Assert.Single(Desk.Previewed).Operation, Desk.Previewed[0].Environment));
        Assert.Equal($"Restore {Name}", page.Find("dialog h2").TextContent);
    }

    [Fact]
    public void A_damaged_one_says_so_loudly()
    {
        Desk.Detail = Detail(Samples.Entry(problem: "It has 100 bytes less.", standing: BackupStanding.Damaged));

        var alert = RenderPage(Name).Find("[role=alert]");

        Assert.Contains("Damaged: do not rely on it", alert.TextContent, StringComparison.Ordinal);
        Assert.Contains("It has 100 bytes less.", alert.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void One_of_an_environment_that_is_gone_can_be_read_but_starts_nothing()
    {
        Desk.Detail = Detail(Samples.Entry()) with { Title = null };

        var page = RenderPage(Name);

        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent.Contains("Restore", StringComparison.Ordinal));
        Assert.Contains("mongorestore", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_name_is_answered_kindly()
    {
        var page = RenderPage("nonsense.gz");

        Assert.Equal("No such backup", page.Find("h1").TextContent);
        Assert.Equal("backups", page.Find("a").GetAttribute("href"));
    }

    [Fact]
    public void Says_that_it_loads()
    {
        Desk.Hold = new TaskCompletionSource();

        Assert.Contains("Loading the backup …", RenderPage(Name).Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Recovers_by_itself_when_the_database_is_back()
    {
        (Desk.IsAway, Desk.Detail) = (true, Detail(Samples.Entry()));
        var page = RenderPage(Name);
        Assert.Contains("The backup cannot be shown now", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        Desk.IsAway = false;
        Time.Advance(TimeSpan.FromSeconds(5));

        page.WaitForAssertion(() => Assert.Equal(Name, page.Find("h1").TextContent));
    }

    [Fact]
    public void The_ladder_climbs_when_the_verification_has_ended()
    {
        Desk.Detail = Detail(Samples.Entry(rung: BackupRung.Taken));
        var page = RenderPage(Name);

        Desk.Detail = Detail(Samples.Entry());
        Desk.Tell([Samples.Run(RunState.Succeeded)]);

        page.WaitForAssertion(() => Assert.Contains("Compared", page.Find(".page-head .rung").TextContent, StringComparison.Ordinal));
    }

    private static BackupDetail Detail(BackupEntry entry) => new(Samples.Shelved(entry), $"/data/backups/{Name}", "Staging");

    private static string Fact(IRenderedComponent<BackupPage> page, string name) =>
        page.FindAll("dl > div").Single(pair => pair.Children[0].TextContent == name).Children[1].TextContent.Trim();

    private static IElement Button(IRenderedComponent<BackupPage> page, string text) => page.FindAll("button").Single(button => button.TextContent.Trim() == text);

    private IRenderedComponent<BackupPage> RenderPage(string name) => Render<BackupPage>(parameters => parameters.Add(shown => shown.Name, name));
}
