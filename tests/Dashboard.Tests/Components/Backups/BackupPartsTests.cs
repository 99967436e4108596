using Bunit;
using Dashboard.Components.Backups;
using Dashboard.Operations.Backups;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Backups;

public sealed class BackupPartsTests : ScreenContext
{
    [Theory]
    [InlineData(BackupRung.Taken, "Taken", 1)]
    [InlineData(BackupRung.ArchiveProven, "Archive proven", 2)]
    [InlineData(BackupRung.Restored, "Restored", 3)]
    [InlineData(BackupRung.Compared, "Compared", 4)]
    public void The_ladder_says_its_rung_in_words_and_draws_it(BackupRung rung, string text, int reached)
    {
        var mark = RenderMark(Samples.Entry(rung: rung));

        Assert.Equal(text, mark.Find(".state").TextContent.Trim());
        Assert.NotNull(mark.Find(".state svg"));
        Assert.Equal(reached, mark.FindAll(".is-reached").Count);
        Assert.Equal("true", mark.Find(".ladder").GetAttribute("aria-hidden"));
    }

    [Theory]
    [InlineData(BackupStanding.Tampered, "Tampered")]
    [InlineData(BackupStanding.Damaged, "Damaged")]
    public void What_speaks_against_a_backup_is_louder_than_its_rung(BackupStanding standing, string text)
    {
        var mark = RenderMark(Samples.Entry(problem: "It changed.", standing: standing));

        Assert.Equal(text, mark.Find(".state-bad").TextContent.Trim());
        Assert.Empty(mark.FindAll(".is-reached"));
    }

    [Fact]
    public void What_the_ledger_does_not_know_is_not_called_taken() =>
        Assert.Equal("Not in the ledger", RenderMark(Samples.Entry(rung: null)).Find(".state").TextContent.Trim());

    [Fact]
    public void The_table_has_name_kind_age_size_consistency_proof_and_copies()
    {
        var backup = Samples.Shelved(
            Samples.Entry(Samples.Backup() with { KeyId = "key-1", Kind = BackupKind.Scheduled, Consistency = Consistency.Snapshot }),
            new CopyStanding("bucket", CopyState.Good, Since: null, Samples.Now, Problem: null),
            new CopyStanding("second-folder", CopyState.Missing, Samples.Now.AddHours(-2), VerifiedAt: null, "The disk is full."));

        var cells = Render<BackupTable>(parameters => parameters.Add(shown => shown.Backups, [backup])).FindAll("tbody td");

        Assert.Equal("backups/backup-staging-20261123-090000.gz", cells[0].QuerySelector("a")!.GetAttribute("href"));
        Assert.Contains("Scheduled, encrypted, the last proven one", cells[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("3 h ago", cells[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("2026-11-23 09:00:00 UTC", cells[1].QuerySelector("time")!.GetAttribute("title"));
        Assert.Contains("12.4 MB", cells[2].TextContent, StringComparison.Ordinal);
        Assert.Contains("2,000 documents", cells[2].TextContent, StringComparison.Ordinal);
        Assert.Equal("One moment", cells[3].TextContent);
        Assert.Contains("Compared", cells[4].TextContent, StringComparison.Ordinal);
        Assert.Contains("bucket there", cells[5].TextContent, StringComparison.Ordinal);
        Assert.Contains("second-folder missing", cells[5].TextContent, StringComparison.Ordinal);
        Assert.Contains("since 2026-11-23 10:00:00 UTC", Words(cells[5].TextContent), StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_says_on_the_backups_page_why_it_is_not_good()
    {
        var marks = Render<CopyMarks>(parameters => parameters
            .Add(shown => shown.Copies, [new CopyStanding("bucket", CopyState.Damaged, Samples.Now.AddHours(-2), VerifiedAt: null, "Its SHA-256 is another.")])
            .Add(shown => shown.IsWhole, value: true));

        Assert.Contains("bucket damaged", marks.Markup, StringComparison.Ordinal);
        Assert.Contains("Its SHA-256 is another.", marks.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Charts_wait_for_a_second_backup_and_leave_safety_and_test_backups_out()
    {
        var first = Samples.Backup() with { StartedAt = Samples.Now.AddDays(-1), FinishedAt = Samples.Now.AddDays(-1).AddSeconds(90) };
        var second = Samples.Backup() with { StartedAt = Samples.Now, FinishedAt = Samples.Now.AddSeconds(91.5), Bytes = 13_000_000 };
        var test = second with { Kind = BackupKind.Test };

        Assert.Empty(RenderCharts(test, first).FindAll("canvas"));
        var charts = RenderCharts(second, test, first).FindAll("canvas");

        Assert.Equal("Size: 2 values from 12.4 to 13.0 MB, the latest 13.0 MB.", charts[0].GetAttribute("aria-label"));
        Assert.Equal("Duration: 2 values from 90.0 to 91.5 s, the latest 91.5 s.", charts[1].GetAttribute("aria-label"));
    }

    [Fact]
    public void The_schedule_shows_the_next_times_and_what_never_comes_again()
    {
        var panel = Render<SchedulePanel>(parameters => parameters.Add(shown => shown.Slots,
        [
            new BackupSlot("nightly", "create-backup", "production", "Nightly", "0 3 * * *", "UTC", [Samples.Now.AddHours(15), Samples.Now.AddHours(39)]),
            new BackupSlot("once", "verify-backup", "staging", "Once", "0 0 30 2 *", "UTC", []),
        ]));

        Assert.Equal(["2026-11-24 03:00:00 UTC", "2026-11-25 03:00:00 UTC"], panel.FindAll("time").Select(time => time.TextContent));
        Assert.Contains("Never again", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_schedule_says_what_to_do() =>
        Assert.Contains("Nothing is scheduled.", Render<SchedulePanel>(parameters => parameters.Add(shown => shown.Slots, [])).Markup, StringComparison.Ordinal);

    [Fact]
    public void Storage_names_what_is_used_free_and_without_a_manifest()
    {
        var panel = Render<StoragePanel>(parameters => parameters
            .Add(shown => shown.Space, new BackupSpace("/data/backups", 24_800_000, FreeBytes: null))
            .Add(shown => shown.Undescribed, ["backup-old.gz"])
            .Add(shown => shown.NotRead, []));

        Assert.Contains("24.8 MB", panel.Markup, StringComparison.Ordinal);
        Assert.Contains("the volume does not tell", panel.Markup, StringComparison.Ordinal);
        Assert.Contains("1 file", panel.Markup, StringComparison.Ordinal);
        Assert.Contains("backup-old.gz", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Storage_names_a_place_that_was_not_read_and_of_when_its_news_is()
    {
        var panel = Render<StoragePanel>(parameters => parameters
            .Add(shown => shown.Space, new BackupSpace("/data/backups", 24_800_000, FreeBytes: null))
            .Add(shown => shown.Undescribed, [])
            .Add(shown => shown.NotRead, [new CopyLook { Id = "bucket", NextAt = Samples.Now, ReadAt = Samples.Now.AddHours(-1), Problem = "bucket backups cannot be reached" }, new CopyLook { Id = "second-folder", NextAt = Samples.Now, Problem = "It is gone" }]));

        Assert.Contains("Not readbucket backups cannot be reached; what is said of them is of", Words(panel.Find("dl").TextContent), StringComparison.Ordinal);
        Assert.Contains("Not readIt is gone; it was never read.", Words(panel.Find("dl").TextContent), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0, "Manual, here")]
    [InlineData(true, 1, "Manual, here and on machine-a")]
    [InlineData(false, 1, "Manual, on machine-a")]
    [InlineData(false, 0, "Manual, only in bucket")]
    public void Says_where_each_backup_lies(bool isHere, int others, string expected)
    {
        var manifest = Samples.Backup();
        var holder = new BackupHolder { Id = "a", Machine = "machine-a", Path = "/backups", SeenAt = Samples.Now };
        var copy = new BackupCopy { Id = "bucket/x", Archive = manifest.Archive, Place = "bucket", Environment = manifest.Environment, Sha256 = manifest.Sha256, State = CopyState.Good, WantedAt = Samples.Now };
        var entry = Samples.Entry(manifest) with { IsHere = isHere, IsLastProven = false, Elsewhere = [.. Enumerable.Repeat(holder, others)], Copies = [copy] };

        var table = Render<BackupTable>(parameters => parameters.Add(shown => shown.Backups, [Samples.Shelved(entry)]));

        Assert.Equal(expected, Words(table.Find("tbody .aside").TextContent));
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private IRenderedComponent<RungMark> RenderMark(BackupEntry entry) => Render<RungMark>(parameters => parameters.Add(shown => shown.Entry, entry));

    private IRenderedComponent<BackupCharts> RenderCharts(params BackupManifest[] manifests) =>
        Render<BackupCharts>(parameters => parameters.Add(shown => shown.Backups, [.. manifests.Select(manifest => Samples.Shelved(Samples.Entry(manifest)))]));
}
