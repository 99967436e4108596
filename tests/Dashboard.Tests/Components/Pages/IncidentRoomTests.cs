using Bunit;
using Dashboard.Components.Pages;
using Dashboard.Operations.Incidents;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Pages;

public sealed class IncidentRoomTests : ScreenContext
{
    [Fact]
    public void The_clocks_count_by_themselves()
    {
        var page = Show(Samples.IncidentDetail());
        Assert.Equal(["1 min 0 s left", "11 min 0 s left", "–", "–"], Times(page));

        Time.Advance(TimeSpan.FromSeconds(61));

        page.WaitForAssertion(() => Assert.Equal(["overdue by 1 s", "9 min 59 s left", "–", "–"], Times(page)));
        Assert.Equal(["Overdue", "Running", "Not begun", "Not begun"], page.FindAll("td[data-label=State] .state").Select(state => state.TextContent.Trim()));
    }

    [Fact]
    public void What_is_over_shows_how_long_it_took()
    {
        var page = Show(Samples.IncidentDetail(Samples.Incident() with { ResolvedAt = Samples.Now, ResolvedBy = "ada", DecidedAt = Samples.Now.AddMinutes(-2) }));

        Assert.Equal("after 2 min 0 s of 5 min 0 s", Times(page)[0]);
        Assert.Equal("1 d 0 h left", Times(page)[2]);
        Assert.DoesNotContain(page.FindAll("h2"), title => title.TextContent == "Tell the world");
    }

    [Fact]
    public void Each_button_does_one_thing()
    {
        var page = Show(Samples.IncidentDetail());

        foreach (var label in new[] { "I am on it", "High impact: roll back", "Low impact: find the cause first", "Assign" })
            Press(page, label);

        Assert.Equal(
            [new IncidentAct.Acknowledge(), new IncidentAct.Decide(EscalationDecision.RollBack), new IncidentAct.Decide(EscalationDecision.Investigate), new IncidentAct.Assign("Incident commander", Person: null)],
            Desk.IncidentActs);
    }

    [Fact]
    public void Offers_the_configured_roles_and_those_that_were_given_before()
    {
        var page = Show(Samples.IncidentDetail(Samples.Incident() with { Roles = [new IncidentRole("Lead", "ada")] }));

        Assert.Equal(["Incident commander", "Operations", "Communication", "Lead"], page.FindAll("form[aria-label='Who does what'] option").Select(option => option.TextContent));
        page.Find("form[aria-label='Who does what'] select").Change("Communication");
        page.Find("form[aria-label='Who does what'] input").Change("tess");
        Press(page, "Assign");

        Assert.Equal([new IncidentAct.Assign("Communication", "tess")], Desk.IncidentActs);
        Assert.Contains(page.FindAll("h2"), title => title.TextContent == "Escalation");
    }

    [Fact]
    public void Posts_an_update_with_how_the_components_stand_and_keeps_nothing_of_it_in_the_form()
    {
        var page = Show(Samples.IncidentDetail());

        page.FindAll("section[aria-labelledby=update-title] .filters select")[0].Change("Identified");
        page.Find("section[aria-labelledby=update-title] fieldset select").Change("DegradedPerformance");
        page.Find("#update-text").Input("It is the disk.");
        Press(page, "Post update");

        var update = Assert.IsType<IncidentAct.Update>(Assert.Single(Desk.IncidentActs));
        Assert.Equal((UpdateStatus.Identified, "It is the disk."), (update.Status, update.Body));
        Assert.Equal(new IncidentComponent("staging", ComponentPart.Database, ComponentState.DegradedPerformance), Assert.Single(update.Components!));
        Assert.Equal(string.Empty, page.Find("#update-text").GetAttribute("value") ?? string.Empty);
    }

    [Fact]
    public void Resolves_with_a_last_word_and_says_what_that_means()
    {
        var page = Show(Samples.IncidentDetail());

        page.FindAll("section[aria-labelledby=update-title] .filters select")[0].Change("Resolved");
        Assert.Contains("This ends the incident", page.Markup, StringComparison.Ordinal);
        page.Find("#update-text").Input("Over.");
        Press(page, "Resolve");

        Assert.Equal([new IncidentAct.Resolve("Over.")], Desk.IncidentActs);
    }

    [Fact]
    public void What_was_refused_stays_in_the_form_with_the_reason()
    {
        var page = Show(Samples.IncidentDetail());
        Desk.IncidentAnswer = IncidentAnswer.Refused("Write something first.");

        page.Find("#note-text").Input(" ");
        Press(page, "Add note");
        Press(page, "Add note");

        Assert.Equal("Write something first.", page.Find("section[aria-labelledby=note-title] [role=alert]").TextContent);
        var notes = Desk.IncidentActs.Cast<IncidentAct.Note>().ToList();
        Assert.Equal(notes[0], notes[1]);
    }

    [Fact]
    public void The_timeline_links_to_what_it_is_about_and_the_draft_is_there_to_copy()
    {
        var detail = Samples.IncidentDetail(timeline: new TimelineEntry(Samples.Now, TimelineKind.Run, "staging", "Back up", "runs/6b04da488268d8871e3b1aec"));

        var page = Show(detail);

        Assert.Equal("runs/6b04da488268d8871e3b1aec", page.Find("section[aria-labelledby=timeline-title] a").GetAttribute("href"));
        var draft = page.Find("section[aria-labelledby=draft-title] textarea");
        Assert.True(draft.HasAttribute("readonly"));
        Assert.Contains("## Measured", draft.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Encodes_what_others_wrote()
    {
        const string Hostile = "</textarea><script>alert(1)</script><img src=x onerror=alert(1)>";
        var incident = Samples.Incident(Hostile) with { RootCause = Hostile, Roles = [new IncidentRole(Hostile, Hostile)] };

        var page = Show(Samples.IncidentDetail(incident, new TimelineEntry(Samples.Now, TimelineKind.Note, Hostile, Hostile)));

        Assert.Empty(page.FindAll("script, img"));
        Assert.Equal(Hostile, page.Find("h1").TextContent);
    }

    [Fact]
    public void Says_that_there_is_none_that_it_loads_and_that_it_cannot_be_read()
    {
        Assert.Contains("There is no such incident", Render<IncidentRoom>(room => room.Add(one => one.Id, "ffffffffffff")).Markup, StringComparison.Ordinal);
        Desk.IsAway = true;
        Assert.Contains("The incident cannot be shown now", Render<IncidentRoom>(room => room.Add(one => one.Id, "ffffffffffff")).Markup, StringComparison.Ordinal);
        Desk.Hold = new TaskCompletionSource();
        Assert.Contains("Loading the incident …", Render<IncidentRoom>(room => room.Add(one => one.Id, "ffffffffffff")).Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<IncidentRoom> Show(IncidentDetail detail)
    {
        (Desk.Incident, Desk.IncidentAnswer) = (detail, IncidentAnswer.Of(detail.Incident));
        return Render<IncidentRoom>(room => room.Add(one => one.Id, detail.Incident.Id));
    }

    private static List<string> Times(IRenderedComponent<IncidentRoom> page) => [.. page.FindAll("section[aria-labelledby=clocks-title] td[data-label=Time]").Select(cell => cell.TextContent)];

    private static void Press(IRenderedComponent<IncidentRoom> page, string label)
    {
        var button = page.FindAll("button").First(button => button.TextContent.Trim() == label);
        if (button.GetAttribute("type") == "submit")
            button.Closest("form")!.Submit();
        else
            button.Click();
    }
}
