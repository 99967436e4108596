using Bunit;
using Dashboard.Components.Backups;
using Dashboard.Operations.Backups;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Backups;

public sealed class ProvenLineTests : ScreenContext
{
    [Fact]
    public void Says_how_old_the_last_proven_backup_is_and_how_long_a_restore_takes()
    {
        var line = RenderLine(Samples.Health());

        Assert.Contains("Proven", line.Find(".state-good").TextContent, StringComparison.Ordinal);
        Assert.Contains("Last proven restorable: 3 h ago; a restore takes 2 min 10 s.", Words(line), StringComparison.Ordinal);
        Assert.Equal("backups/backup-staging-20261123-090000.gz", line.Find("a").GetAttribute("href"));
    }

    [Fact]
    public void Never_proven_is_red_in_words_with_its_reason()
    {
        var line = RenderLine(Samples.Health(BackupVerdict.Red, findings: new BackupFinding(BackupVerdict.Red, "No backup was ever proven.")));

        Assert.Contains("At risk", line.Find(".state-bad").TextContent, StringComparison.Ordinal);
        Assert.Contains("Last proven restorable: never.", Words(line), StringComparison.Ordinal);
        Assert.Equal("No backup was ever proven.", line.Find(".finding-bad").TextContent);
    }

    [Fact]
    public void The_worst_finding_comes_first()
    {
        var line = RenderLine(Samples.Health(
            BackupVerdict.Red, Samples.Entry(), new BackupFinding(BackupVerdict.Amber, "A copy less."), new BackupFinding(BackupVerdict.Red, "Too old.")));

        Assert.Equal(["Too old.", "A copy less."], line.FindAll(".finding").Select(finding => finding.TextContent));
    }

    [Fact]
    public void A_missing_second_copy_is_told_with_its_time() =>
        Assert.Contains("missing since 2026-11-23 10:00:00 UTC.", Words(RenderLine(Samples.Health() with { MissingCopySince = Samples.Now.AddHours(-2) })), StringComparison.Ordinal);

    [Fact]
    public void Backups_that_are_off_are_not_at_risk_but_off()
    {
        var line = RenderLine(Samples.Health(BackupVerdict.Off));

        Assert.Contains("Switched off", line.Find(".state-quiet").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("never", line.Markup, StringComparison.Ordinal);
    }

    private static string Words(IRenderedComponent<ProvenLine> line) =>
        string.Join(' ', line.Find(".proven-says").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private IRenderedComponent<ProvenLine> RenderLine(BackupHealthReport report) => Render<ProvenLine>(parameters => parameters.Add(shown => shown.Report, report));
}
