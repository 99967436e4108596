using Bunit;
using Dashboard.Components.Runs;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Runs;

public sealed class RunPartsTests : ScreenContext
{
    [Fact]
    public void The_meter_says_step_amount_percent_and_time_left()
    {
        var run = Samples.Run() with { Steps = [Samples.Step()], Progress = new RunProgress(2_500_000, 10_000_000, "bytes") };

        var meter = Render<RunMeter>(parameters => parameters.Add(shown => shown.Run, run));

        var text = meter.Find(".meter-text").TextContent;
        Assert.Contains("Dump the database", text, StringComparison.Ordinal);
        Assert.Contains("2.5 MB of 10.0 MB · 25 % · about 30 s left", text, StringComparison.Ordinal);
        Assert.Equal("25", meter.Find("[role=progressbar]").GetAttribute("aria-valuenow"));
        Assert.Equal("Progress of Back up", meter.Find("[role=progressbar]").GetAttribute("aria-label"));
    }

    [Fact]
    public void The_meter_of_a_queued_run_says_what_it_waits_for() =>
        Assert.Contains("Waiting for a worker", Render<RunMeter>(parameters => parameters.Add(shown => shown.Run, Samples.Run(RunState.Queued))).Markup, StringComparison.Ordinal);

    [Fact]
    public void A_run_in_progress_links_to_its_page()
    {
        var shown = Render<RunInProgress>(parameters => parameters.Add(part => part.Run, Samples.Run()));

        Assert.Equal("runs/6b04da488268d8871e3b1aec", shown.Find("a").GetAttribute("href"));
        Assert.Equal("Back up", shown.Find("a").TextContent);
        Assert.Contains("30 s", shown.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_show_order_state_note_and_time()
    {
        var steps = Render<RunSteps>(parameters => parameters.Add(shown => shown.Steps, [Samples.Step("Dump the database", StepState.Succeeded, note: "8 collections"), Samples.Step("Publish", StepState.Interrupted)]));

        var items = steps.FindAll("ol > li");
        Assert.Equal(["Dump the database", "Publish"], items.Select(item => item.QuerySelector("strong")!.TextContent));
        Assert.Contains("8 collections", items[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("10.0 s", items[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Interrupted", items[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Collections_show_state_documents_and_bytes_of_how_many_and_how_many_are_not_shown()
    {
        var parts = new RunParts(
            340,
            12,
            [
                new RunPart("users<b>", PartState.AtWork, 1_200, 5_000, 3_200_000, 12_400_000),
                new RunPart("heroes", PartState.Indexing, 30, 0, 1_000, 0),
                new RunPart("spells", PartState.Waiting, 0, 7, 0, 2_000),
                new RunPart("items", PartState.Done, 9, 7, 2_500, 2_000),
            ]);

        var shown = Render<RunCollections>(parameters => parameters.Add(part => part.Parts, parts));

        Assert.Equal("Collections", shown.Find("h2").TextContent);
        Assert.Contains("12 of 340 done", shown.Find("header").TextContent, StringComparison.Ordinal);
        Assert.Equal(
            [
                "users<b>|At work|1,200 of 5,000 documents|3.2 MB of 12.4 MB",
                "heroes|Building indexes|30 documents|1.0 kB",
                "spells|Waiting|0 of 7 documents|0 B of 2.0 kB",
                "items|Done|9 documents|2.5 kB",
            ],
            shown.FindAll("tbody tr").Select(row => string.Join('|', row.Children.Select(cell => cell.TextContent.Trim()))));
        Assert.All(shown.FindAll("thead th"), heading => Assert.Equal("col", heading.GetAttribute("scope")));
        Assert.Contains("And 336 smaller or finished ones", shown.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_of_a_run_that_has_not_begun_say_so() =>
        Assert.Contains("No step has begun yet.", Render<RunSteps>(parameters => parameters.Add(shown => shown.Steps, [])).Markup, StringComparison.Ordinal);

    [Fact]
    public void Facts_say_who_why_through_which_door_and_what_was_found()
    {
        var run = Samples.Run(RunState.Succeeded) with { Facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["file"] = "backup-<staging>.gz" } };

        var facts = Render<RunFacts>(parameters => parameters.Add(shown => shown.Run, run));

        var pairs = facts.FindAll("dl > div").ToDictionary(pair => pair.Children[0].TextContent, pair => pair.Children[1].TextContent, StringComparer.Ordinal);
        Assert.Contains("ada", pairs["Asked for by"], StringComparison.Ordinal);
        Assert.Contains("through a button", pairs["Asked for by"], StringComparison.Ordinal);
        Assert.Equal("before the release", pairs["Reason"]);
        Assert.Equal("30.0 s", pairs["Took"]);
        Assert.Equal("backup-<staging>.gz", pairs["file"]);
    }

    [Fact]
    public void The_log_shows_levels_in_words_and_links_to_all_of_it()
    {
        var log = RenderLog([Samples.Line(1, "begins"), Samples.Line(2, "<b>slow</b>", LineLevel.Warning), Samples.Line(3, "broken", LineLevel.Error)]);

        var lines = log.FindAll("[role=log] .log-line");
        Assert.Equal(3, lines.Count);
        Assert.Contains("WARNING", lines[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("<b>slow</b>", lines[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("ERROR", lines[2].TextContent, StringComparison.Ordinal);
        Assert.Equal("api/runs/6b04da488268d8871e3b1aec/log", log.Find("a").GetAttribute("href"));
        Assert.Equal("true", log.Find("[data-follow]").GetAttribute("aria-pressed"));
        Assert.Equal("0", log.Find("[data-log]").GetAttribute("tabindex"));
    }

    [Fact]
    public void A_log_that_begins_later_says_that_there_was_more() =>
        Assert.Contains("The last 2 lines", RenderLog([Samples.Line(41), Samples.Line(42)]).Markup, StringComparison.Ordinal);

    [Fact]
    public void An_empty_log_says_so() => Assert.Contains("Nothing has been logged yet.", RenderLog([]).Markup, StringComparison.Ordinal);

    [Fact]
    public void The_outcome_of_an_active_run_is_not_claimed() => Assert.Empty(RenderOutcome(Samples.Run()).Markup.Trim());

    [Theory]
    [InlineData(RunState.Succeeded, "Succeeded")]
    [InlineData(RunState.Failed, "Failed")]
    [InlineData(RunState.Cancelled, "Cancelled")]
    [InlineData(RunState.Interrupted, "Interrupted: a person must look")]
    public void The_outcome_is_a_headline_and_the_sentence_of_the_run(RunState state, string headline)
    {
        var outcome = RenderOutcome(Samples.Run(state)).Find("[role=status]");

        Assert.Equal(headline, outcome.QuerySelector("strong")!.TextContent);
        Assert.Contains("The message of its end.", outcome.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupted_run_says_what_was_cleared_away()
    {
        Assert.Contains("has not been cleared away yet", RenderOutcome(Samples.Run(RunState.Interrupted)).Markup, StringComparison.Ordinal);
        Assert.Contains("Removed one file.", RenderOutcome(Samples.Run(RunState.Interrupted) with { RecoveredAt = Samples.Now, Cleared = "Removed one file." }).Markup, StringComparison.Ordinal);
        Assert.Contains("Nothing of it had to be cleared away.", RenderOutcome(Samples.Run(RunState.Interrupted) with { RecoveredAt = Samples.Now }).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_has_a_row_for_each_run_with_link_state_and_result()
    {
        var table = Render<RunTable>(parameters => parameters.Add(shown => shown.Runs, [Samples.Run(RunState.Failed), Samples.Run(RunState.Queued, id: "6b04da488268d8871e3b1aed")]));

        var rows = table.FindAll("tbody tr");
        Assert.Equal(2, rows.Count);
        Assert.Contains("Failed", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("The message of its end.", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Equal("runs/6b04da488268d8871e3b1aed", rows[1].QuerySelector("a")!.GetAttribute("href"));
        Assert.All(table.FindAll("thead th"), heading => Assert.Equal("col", heading.GetAttribute("scope")));
    }

    private IRenderedComponent<RunLog> RenderLog(IReadOnlyList<RunLine> lines) =>
        Render<RunLog>(parameters => parameters.Add(shown => shown.RunId, "6b04da488268d8871e3b1aec").Add(shown => shown.Lines, lines));

    private IRenderedComponent<RunOutcome> RenderOutcome(Run run) => Render<RunOutcome>(parameters => parameters.Add(shown => shown.Run, run));
}
