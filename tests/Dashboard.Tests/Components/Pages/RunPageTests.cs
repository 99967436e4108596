using Bunit;
using Dashboard.Components.Pages;
using Dashboard.Operations.Running;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Pages;

public sealed class RunPageTests : ScreenContext
{
    private const string Id = "6b04da488268d8871e3b1aec";

    [Fact]
    public void Shows_title_state_steps_facts_and_log()
    {
        Desk.Runs.Add(Samples.Run() with { Steps = [Samples.Step()] });
        Desk.Lines.Add(Samples.Line(1, "8 collections"));

        var page = RenderPage(Id);

        Assert.Equal("Back up of staging", page.Find("h1").TextContent);
        Assert.Equal(["Steps", "Facts", "Log"], page.FindAll("h2").Select(heading => heading.TextContent));
        Assert.Contains("8 collections", page.Find("[role=log]").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll("[role=progressbar]"));
    }

    [Fact]
    public void Shows_the_collections_while_it_runs_and_where_it_stopped_but_not_when_all_went_well()
    {
        var run = Samples.Run() with { Steps = [Samples.Step()], Parts = new RunParts(1, 0, [new RunPart("users", PartState.AtWork, 5, 10, 500, 1_000)]) };
        Desk.Runs.Add(run);
        var page = RenderPage(Id);
        Assert.Contains("5 of 10 documents", page.Find("table.parts").TextContent, StringComparison.Ordinal);

        Desk.Tell(new RunUpdate(run with { Parts = new RunParts(1, 0, [new RunPart("users", PartState.AtWork, 7, 10, 700, 1_000)]) }, []));
        page.WaitForAssertion(() => Assert.Contains("7 of 10 documents", page.Find("table.parts").TextContent, StringComparison.Ordinal));

        Desk.Tell(new RunUpdate(run with { State = RunState.Failed, Message = "The disk is full." }, []));
        page.WaitForAssertion(() => Assert.Contains("Collections when it stopped", page.Markup, StringComparison.Ordinal));

        Desk.Tell(new RunUpdate(run with { State = RunState.Succeeded, Message = "Done." }, []));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("table.parts")));
    }

    [Fact]
    public void Follows_from_the_last_line_it_has_read()
    {
        Desk.Runs.Add(Samples.Run());
        Desk.Lines.AddRange([Samples.Line(6), Samples.Line(7)]);
        var page = RenderPage(Id);
        Assert.Equal(7, Desk.FollowedAfter);

        Desk.Tell(new RunUpdate(Samples.Run(RunState.Succeeded), [Samples.Line(8, "the end")]));

        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll(".log-line").Count));
        Assert.Contains("Succeeded", page.Find(".outcome").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[role=progressbar]"));
    }

    [Fact]
    public void Keeps_no_more_lines_than_a_page_can_carry()
    {
        Desk.Runs.Add(Samples.Run());
        Desk.Lines.AddRange(Enumerable.Range(1, RunHistory.LinesAtOnce).Select(number => Samples.Line(number)));
        var page = RenderPage(Id);

        Desk.Tell(new RunUpdate(Samples.Run(), [Samples.Line(RunHistory.LinesAtOnce + 1, "newest")]));

        page.WaitForAssertion(() => Assert.Contains("newest", page.Find(".log-line:last-child").TextContent, StringComparison.Ordinal));
        Assert.Equal(RunHistory.LinesAtOnce, page.FindAll(".log-line").Count);
    }

    [Fact]
    public void A_log_from_which_lines_are_missing_begins_anew()
    {
        Desk.Runs.Add(Samples.Run());
        Desk.Lines.AddRange([Samples.Line(1), Samples.Line(2)]);
        var page = RenderPage(Id);

        Desk.Tell(new RunUpdate(Samples.Run(), [Samples.Line(9, "after a flood"), Samples.Line(10)]));
        Desk.Tell(new RunUpdate(Samples.Run(), [Samples.Line(11, "newest")]));

        page.WaitForAssertion(() => Assert.Contains("newest", page.Find(".log-line:last-child").TextContent, StringComparison.Ordinal));
        Assert.Contains("after a flood", page.Find(".log-line:first-child").TextContent, StringComparison.Ordinal);
        Assert.Contains("The last 3 lines; the earlier ones are in the whole log.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_is_shown_as_asked_for_at_once()
    {
        Desk.Runs.Add(Samples.Run());
        var page = RenderPage(Id);

        await page.Find(".cancel button").ClickAsync();

        Assert.Equal([Id], Desk.Cancelled);
        Assert.Contains("Cancel asked for by local operator", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_the_plan_that_was_confirmed_behind_a_disclosure()
    {
        Desk.Runs.Add(Samples.Run(RunState.Succeeded) with { Plan = Samples.Plan() });

        var disclosure = RenderPage(Id).Find("details.disclosure");

        Assert.Equal("The plan that was confirmed", disclosure.QuerySelector("summary")!.TextContent);
        Assert.Contains("Swap 8 collections of dnd", disclosure.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restore_that_can_be_undone_says_so_when_it_has_ended()
    {
        Desk.Runs.Add(Samples.Run() with { Plan = Samples.Plan() });
        Desk.Kept = [Samples.Kept("6b04da488268d8871e3b1aff"), Samples.Kept(Id)];
        var page = RenderPage(Id);
        Assert.Empty(page.FindAll("[role=note]"));

        Desk.Tell(new RunUpdate(Samples.Run(RunState.Succeeded) with { Plan = Samples.Plan() }, []));

        page.WaitForAssertion(() => Assert.Equal($"runs/{Id}", page.FindAll("[role=note]").Single().QuerySelector("a")!.GetAttribute("href")));
    }

    [Fact]
    public void A_dry_run_is_called_one_and_what_it_was_told_stands_with_the_facts()
    {
        Desk.Runs.Add(Samples.Run(RunState.Succeeded) with { Request = """{"archive":"backup-staging-20261123-090000.gz","targetDatabase":null,"dryRun":true,"allowUnproven":false}""" });

        var page = RenderPage(Id);

        Assert.Equal("Back up (dry run) of staging", page.Find("h1").TextContent);
        Assert.Equal(["With archive", "With dryRun"], page.FindAll("dt").Select(name => name.TextContent).Where(name => name.StartsWith("With", StringComparison.Ordinal)));
        Assert.Equal("backups/backup-staging-20261123-090000.gz", page.Find("dl a").GetAttribute("href"));
    }

    [Fact]
    public void Facts_that_name_a_backup_or_a_run_lead_there_and_times_are_times()
    {
        Desk.Runs.Add(Samples.Run(RunState.Succeeded) with
        {
            Facts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["archive"] = "/data/backups/backup-staging-20261123-090000.gz",
                ["undone-run"] = "6b04da488268d8871e3b1aff",
                ["kept-until"] = "2026-11-30T12:00:00.0000000+00:00",
                ["documents"] = "8301",
            },
        });

        var facts = RenderPage(Id).FindAll("dd.mono").TakeLast(4).ToList();

        Assert.Equal("backups/backup-staging-20261123-090000.gz", facts[0].QuerySelector("a")!.GetAttribute("href"));
        Assert.Equal("/data/backups/backup-staging-20261123-090000.gz", string.Concat(facts[0].TextContent.Where(character => !char.IsWhiteSpace(character))));
        Assert.Equal("runs/6b04da488268d8871e3b1aff", facts[1].QuerySelector("a")!.GetAttribute("href"));
        Assert.Equal("2026-11-30 12:00:00 UTC", facts[2].QuerySelector("time")!.TextContent);
        Assert.Equal("8301", facts[3].TextContent.Trim());
    }

    [Fact]
    public void An_unknown_id_is_answered_kindly()
    {
        var page = RenderPage("nonsense");

        Assert.Equal("No such run", page.Find("h1").TextContent);
        Assert.Contains("nonsense", page.Markup, StringComparison.Ordinal);
        Assert.Equal("runs", page.Find("a").GetAttribute("href"));
        Assert.Equal(0, Desk.Followers);
    }

    [Fact]
    public void Says_that_it_loads()
    {
        Desk.Hold = new TaskCompletionSource();

        Assert.Contains("Loading the run …", RenderPage(Id).Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Recovers_by_itself_when_the_database_is_back()
    {
        Desk.IsAway = true;
        Desk.Runs.Add(Samples.Run());
        var page = RenderPage(Id);
        Assert.Contains("does not answer", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        Desk.IsAway = false;
        Time.Advance(TimeSpan.FromSeconds(5));

        page.WaitForAssertion(() => Assert.Equal("Back up of staging", page.Find("h1").TextContent));
        page.WaitForAssertion(() => Assert.Equal(1, Desk.Followers));
    }

    [Fact]
    public void Another_id_shows_another_run()
    {
        Desk.Runs.AddRange([Samples.Run(), Samples.Run(id: "6b04da488268d8871e3b1aee", environment: "production")]);
        var page = RenderPage(Id);

        page.Render(parameters => parameters.Add(shown => shown.Id, "6b04da488268d8871e3b1aee"));

        Assert.Equal("Back up of production", page.Find("h1").TextContent);
        Assert.Equal(1, Desk.Followers);
    }

    private IRenderedComponent<RunPage> RenderPage(string id) => Render<RunPage>(parameters => parameters.Add(shown => shown.Id, id));
}
