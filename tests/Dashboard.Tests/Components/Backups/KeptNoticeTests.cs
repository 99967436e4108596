using Bunit;
using Dashboard.Components.Backups;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Backups;

public sealed class KeptNoticeTests : ScreenContext
{
    [Fact]
    public async Task Says_until_when_and_opens_the_plan_of_the_undo()
    {
        Desk.Preview = new PlanPreview(Samples.Plan());
        var notice = RenderNotice(Samples.Kept());
        Assert.Contains("The database dnd before the restore is kept until 2026-11-30 12:00:00 UTC, 7 days from now.", Words(notice), StringComparison.Ordinal);
        Assert.Equal("runs/6b04da488268d8871e3b1aec", notice.Find("a").GetAttribute("href"));

        await notice.Find("button").ClickAsync();

        Assert.Equal(("undo-restore", "staging"), (Assert.Single(Desk.Previewed).Operation, Desk.Previewed[0].Environment));
        Assert.Single(notice.FindAll("dialog"));
        Assert.Empty(Desk.Started);
    }

    [Fact]
    public void The_button_goes_when_the_time_is_over()
    {
        var notice = RenderNotice(Samples.Kept() with { Until = Samples.Now.AddSeconds(5) });
        Assert.Single(notice.FindAll("button"));

        Time.Advance(TimeSpan.FromSeconds(10));

        notice.WaitForAssertion(() => Assert.Contains("the restore can no longer be undone.", Words(notice), StringComparison.Ordinal));
        Assert.Empty(notice.FindAll("button"));
    }

    [Fact]
    public void What_was_undone_leads_to_the_run_that_did_it()
    {
        var notice = RenderNotice(Samples.Kept() with { UndoneBy = "6b04da488268d8871e3b1aff", IsThere = false });

        Assert.Equal("The restore was undone by a later run.", Words(notice));
        Assert.Equal("runs/6b04da488268d8871e3b1aff", notice.Find("a").GetAttribute("href"));
        Assert.Empty(notice.FindAll("button"));
    }

    [Fact]
    public void An_undo_can_be_undone_in_turn() =>
        Assert.Contains("before the undo is kept until", Words(RenderNotice(Samples.Kept() with { Archive = null })), StringComparison.Ordinal);

    private static string Words(IRenderedComponent<KeptNotice> notice) =>
        string.Join(' ', notice.Find(".kept > div").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private IRenderedComponent<KeptNotice> RenderNotice(KeptData kept) => Render<KeptNotice>(parameters => parameters.Add(shown => shown.Kept, kept));
}
