using Bunit;
using Dashboard.Components.Incidents;
using Dashboard.Operations.Incidents;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Incidents;

public sealed class FollowUpPanelTests : ScreenContext
{
    private static readonly FollowUp One = new() { Id = "follow000001", Text = "Watch the disk", At = Samples.Now.AddMinutes(-5), By = "ada" };

    [Fact]
    public void Adds_one_and_keeps_nothing_of_it_in_the_form()
    {
        var panel = Show([]);

        panel.Find("#follow-up-text").Input("Watch the disk");
        panel.Find("form").Submit();
        panel.Find("form").Submit();

        var acts = Desk.IncidentActs.Cast<IncidentAct.AddFollowUp>().ToList();
        Assert.Equal(["Watch the disk", null], acts.Select(act => act.Text));
        Assert.NotEqual(acts[0].FollowUpId, acts[1].FollowUpId);
    }

    [Fact]
    public void What_was_refused_stays_in_the_form_with_the_reason()
    {
        var panel = Show([]);
        Desk.IncidentAnswer = IncidentAnswer.Refused("Write what is to be done.");

        panel.Find("form").Submit();
        panel.Find("form").Submit();

        Assert.Equal("Write what is to be done.", panel.Find("[role=alert]").TextContent);
        Assert.Equal(Desk.IncidentActs[0], Desk.IncidentActs[1]);
    }

    [Fact]
    public void Ticks_it_off_and_makes_an_issue_of_it()
    {
        var panel = Show([One]);

        panel.Find("input[type=checkbox]").Change(true);
        panel.FindAll("button").First(button => button.TextContent == "Create GitHub issue").Click();

        Assert.Equal([new IncidentAct.TickFollowUp(One.Id, IsDone: true), new IncidentAct.FileFollowUp(One.Id)], Desk.IncidentActs);
    }

    [Fact]
    public void The_box_stands_as_it_was_ticked_until_it_is_known_what_came_of_it()
    {
        var panel = Show([One]);
        Desk.Hold = new TaskCompletionSource();
        Desk.IncidentAnswer = IncidentAnswer.Refused("There is no such follow-up; load the page again.");

        panel.Find("input[type=checkbox]").Change(true);
        Assert.True(panel.Find("input[type=checkbox]").HasAttribute("checked"));
        Desk.Hold.SetResult();

        panel.WaitForAssertion(() => Assert.False(panel.Find("input[type=checkbox]").HasAttribute("checked")));
        Assert.Contains("load the page again", panel.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_the_issue_that_is_there_and_who_did_it()
    {
        var panel = Show([One with { IssueNumber = 5, IssueUrl = "https://github.example/team/tracker/issues/5", DoneAt = Samples.Now, DoneBy = "max" }]);

        Assert.Equal(("Issue 5", "https://github.example/team/tracker/issues/5"), (panel.Find("a").TextContent, panel.Find("a").GetAttribute("href")));
        Assert.True(panel.Find("input[type=checkbox]").HasAttribute("checked"));
        Assert.Contains("done by max", panel.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Create GitHub issue", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_GitHub_the_button_is_off_and_a_sentence_says_what_to_configure()
    {
        var panel = Show([One], makesIssues: false);

        Assert.True(panel.FindAll("button").First(button => button.TextContent == "Create GitHub issue").HasAttribute("disabled"));
        Assert.Contains("set github.repository in config/dashboard.json", panel.Find(".hint").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Encodes_what_others_wrote()
    {
        const string Hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> [a](javascript:alert(1))";

        var panel = Show([One with { Text = Hostile, By = Hostile, DoneBy = Hostile }]);

        Assert.Empty(panel.FindAll("script, img, a"));
        Assert.StartsWith(Hostile, panel.Find("td[data-label=What]").TextContent, StringComparison.Ordinal);
    }

    private IRenderedComponent<FollowUpPanel> Show(IReadOnlyList<FollowUp> followUps, bool makesIssues = true)
    {
        var incident = Samples.Incident() with { FollowUps = followUps };
        Desk.IncidentAnswer = IncidentAnswer.Of(incident);
        return Render<FollowUpPanel>(panel => panel.Add(one => one.Incident, incident).Add(one => one.MakesIssues, makesIssues).Add(one => one.OnChanged, () => { }));
    }
}
