using Bunit;
using Dashboard.Components.Backups;
using Dashboard.Operations.Backups;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Backups;

public sealed class BackupLedgerViewTests : ScreenContext
{
    [Fact]
    public void Shows_each_rung_with_time_duration_evidence_and_the_run()
    {
        var view = RenderView(Samples.Entry());

        Assert.Equal(["Taken", "Archive proven", "Restored", "Compared"], view.FindAll(".rungs > li strong").Select(title => title.TextContent));
        Assert.All(view.FindAll(".rungs > li"), rung => Assert.Contains("Reached", rung.TextContent, StringComparison.Ordinal));
        var restored = view.FindAll(".rungs > li")[2];
        Assert.Contains("took 2 min 10 s", restored.TextContent, StringComparison.Ordinal);
        Assert.Contains("Evidence of Restored.", restored.TextContent, StringComparison.Ordinal);
        Assert.Equal("runs/6b04da488268d8871e3b1a00", restored.QuerySelector("a")!.GetAttribute("href"));
        Assert.Empty(view.FindAll("details"));
    }

    [Fact]
    public void A_rung_that_was_not_reached_says_what_would_reach_it()
    {
        var open = RenderView(Samples.Entry(rung: BackupRung.ArchiveProven)).FindAll(".rungs > li.is-open");

        Assert.Equal(2, open.Count);
        Assert.Contains("Not yet", open[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Verify restores it into a scratch database.", open[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_rung_says_what_is_wrong_and_its_success_before_stays_in_the_ledger()
    {
        var entry = Samples.Entry();
        var view = RenderView(entry with { Proofs = [.. entry.Proofs, Samples.Proof(entry.Manifest, BackupRung.ArchiveProven, "characters: the checksum differs.", minutes: 60)] });

        var proven = view.FindAll(".rungs > li")[1];
        Assert.Contains("Failed", proven.TextContent, StringComparison.Ordinal);
        Assert.Contains("characters: the checksum differs.", proven.TextContent, StringComparison.Ordinal);
        Assert.Equal(5, view.FindAll("details li").Count);
        Assert.Contains("characters: the checksum differs.", view.Find("details li").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Proofs_of_another_file_of_this_name_prove_nothing()
    {
        var entry = Samples.Entry(rung: null);
        var view = RenderView(entry with { Proofs = [Samples.Proof(entry.Manifest, BackupRung.Compared) with { Sha256 = new string('f', 64) }] });

        Assert.Equal(4, view.FindAll(".rungs > li.is-open").Count);
        Assert.Contains("of another file of this name.", view.Find("details").TextContent, StringComparison.Ordinal);
    }

    private IRenderedComponent<BackupLedgerView> RenderView(BackupEntry entry) => Render<BackupLedgerView>(parameters => parameters.Add(shown => shown.Entry, entry));
}
