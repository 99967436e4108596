using Bunit;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.StatusPage;
using Dashboard.Tests.Components.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using AlertsScreen = Dashboard.Components.Pages.Alerts;
using OverviewScreen = Dashboard.Components.Pages.Overview;

namespace Dashboard.Tests.Components.Pages;

public sealed class AlertsTests : ScreenContext
{
    [Fact]
    public void Shows_what_is_open_with_how_bad_it_is_since_when_and_who_was_told()
    {
        Desk.Alerts = Page(open: [Samples.AlertView(Samples.Alert(AlertSeverity.Critical), quiet: null, Samples.Delivery(), Samples.Delivery(DeliveryState.Waiting, "hooks.slack.com answered 500: it has trouble of its own.", tries: 3))]);

        var card = Render<AlertsScreen>().Find("article");

        Assert.Equal("Critical", card.QuerySelector(".state")!.TextContent.Trim());
        Assert.Contains("The deployment of d1 failed. No machine answered.", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("5 min ago", card.TextContent, StringComparison.Ordinal);
        Assert.Contains(", 2 times", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("Who was told (2)", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("hooks.slack.com answered 500", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("after 3 tries", card.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_why_nobody_was_told()
    {
        Desk.Alerts = Page(open: [Samples.AlertView(quiet: "Not told: staging is in maintenance.")]);

        Assert.Contains("Not told: staging is in maintenance.", Render<AlertsScreen>().Find("article").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Acknowledges_and_resolves_with_one_press()
    {
        Desk.Alerts = Page(open: [Samples.AlertView()]);
        var page = Render<AlertsScreen>();

        Press(page, "Acknowledge");
        Press(page, "Resolve");

        Assert.Equal([$"acknowledge {Samples.Alert().Id}", $"resolve {Samples.Alert().Id}"], Desk.AlertActs);
    }

    [Fact]
    public void Offers_no_second_acknowledgement()
    {
        Desk.Alerts = Page(open: [Samples.AlertView(Samples.Alert() with { AcknowledgedBy = "ada", AcknowledgedAt = Samples.Now })]);

        var page = Render<AlertsScreen>();

        Assert.Contains("Acknowledged by ada", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent.Trim() == "Acknowledge");
    }

    [Fact]
    public void Silences_a_rule_for_a_reason_and_a_time()
    {
        Desk.Alerts = Page(open: [Samples.AlertView()]);
        var page = Render<AlertsScreen>();
        Press(page, "Silence…");

        page.Find("article form").Submit();
        Assert.Contains("Say why it is silenced.", page.Find("article [role=alert]").TextContent, StringComparison.Ordinal);
        page.Find("article form input").Change("We know");
        page.Find("article form select").Change("12");
        page.Find("article form").Submit();

        Assert.Equal(["silence phase-failed in staging for 12 h: We know"], Desk.AlertActs);
        Assert.Empty(page.FindAll("article form"));
    }

    [Fact]
    public void Ends_a_silence()
    {
        Desk.Alerts = Desk.Alerts with { Silences = [Samples.Silence()] };
        var page = Render<AlertsScreen>();
        Assert.Contains("We know", page.Markup, StringComparison.Ordinal);

        Press(page, "End it");

        Assert.Equal(["end silence-1"], Desk.AlertActs);
    }

    [Fact]
    public void Says_that_a_press_changed_nothing_while_the_store_is_away()
    {
        Desk.Alerts = Page(open: [Samples.AlertView()]);
        var page = Render<AlertsScreen>();
        Desk.IsAway = true;

        Press(page, "Resolve");

        Assert.Contains("Nothing was changed; press again when it is back.", page.Find("article [role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_all_that_are_open_and_pages_them_apart_from_the_history()
    {
        Desk.Alerts = Page(Samples.AlertView()) with { OpenCount = 260, HasMoreOpen = true };
        Services.GetRequiredService<NavigationManager>().NavigateTo("alerts?open=3&page=2");

        var page = Render<AlertsScreen>();

        Assert.Equal((null, 3, 2), Desk.LastAlerts);
        Assert.Contains("260 in all, the worst first", page.Markup, StringComparison.Ordinal);
        var links = page.FindAll("nav[aria-label='Pages of open alerts'] a");
        Assert.Equal(["Back", "More"], links.Select(link => link.TextContent));
        Assert.EndsWith("alerts?open=4&page=2", links[1].GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_mark_and_the_overview_count_what_they_do_not_show()
    {
        Desk.Alerts = Page([.. Enumerable.Range(0, 6).Select(number => Samples.AlertView(Samples.Alert(id: $"alert-{number}")))]) with { OpenCount = 260 };

        var mark = Render<Dashboard.Components.Alerts.OpenAlertsMark>();
        mark.WaitForAssertion(() => Assert.Equal("260 open alerts", mark.Find("[role=img]").GetAttribute("aria-label")));
        var overview = Render<OverviewScreen>();
        Assert.Contains("255 more", overview.Find("[aria-labelledby=open-alerts-title]").TextContent, StringComparison.Ordinal);
        Assert.Equal(5, overview.FindAll("[aria-labelledby=open-alerts-title] tbody tr").Count);
    }

    [Fact]
    public void Shows_what_became_of_the_mails_to_subscribers_to_whoever_may_see_it()
    {
        Assert.Empty(Render<AlertsScreen>().FindAll("[aria-labelledby=mails-title]"));
        var waiting = new StatusMailView("1", "a***@example.org", StatusMailKind.News, "Down: <b>staging</b>", Samples.Now, StatusMailState.Waiting, 3, Samples.Now.AddMinutes(1), null, "It answered 421.");
        var counts = new Dictionary<StatusMailState, long> { [StatusMailState.Waiting] = 1, [StatusMailState.Sent] = 2_000 };
        Desk.SubscriberMails = new StatusMailPage(IsOn: true, counts, [waiting, waiting with { Id = "2", To = null, Subject = null, Kind = StatusMailKind.Question, State = StatusMailState.Unsure, EndedAt = Samples.Now }], HasOlder: true);
        Services.GetRequiredService<NavigationManager>().NavigateTo("alerts?mailstate=waiting&mails=2");

        var panel = Render<AlertsScreen>().Find("[aria-labelledby=mails-title]");

        Assert.Equal((StatusMailState.Waiting, 2), Desk.LastMails);
        Assert.Equal(["All", "Waiting 1", "Sent 2,000", "Newer", "Older"], panel.QuerySelectorAll("nav a").Select(link => link.TextContent));
        Assert.Contains("a***@example.org", panel.TextContent, StringComparison.Ordinal);
        Assert.Contains("Down: <b>staging</b>", panel.TextContent, StringComparison.Ordinal);
        Assert.Contains("after 3 tries", panel.TextContent, StringComparison.Ordinal);
        Assert.Contains("It answered 421.", panel.TextContent, StringComparison.Ordinal);
        Assert.Contains("no longer subscribed", panel.TextContent, StringComparison.Ordinal);
        Assert.EndsWith("alerts?mailstate=waiting&mails=3", panel.QuerySelectorAll("nav a")[^1].GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_the_history_with_announcements_and_pages()
    {
        var resolved = Samples.Alert() with { IsOpen = false, ResolvedAt = Samples.Now, ResolvedBy = "rule phase-failed", Resolution = "The condition has ended." };
        var announced = Samples.Alert(id: "alert-2") with { IsOpen = false, IsAnnouncement = true, Title = "Staging was rolled back", ResolvedAt = Samples.Now };
        Desk.Alerts = Desk.Alerts with { Past = [Samples.AlertView(resolved), Samples.AlertView(announced)], HasOlder = true };
        Services.GetRequiredService<NavigationManager>().NavigateTo("alerts?page=2");

        var page = Render<AlertsScreen>();

        Assert.Equal((null, 1, 2), Desk.LastAlerts);
        Assert.Contains("by rule phase-failed: The condition has ended.", page.Markup, StringComparison.Ordinal);
        Assert.Contains(page.FindAll(".state"), state => state.TextContent.Trim() == "Announced");
        Assert.Equal(["Newer", "Older"], page.FindAll("nav.paging a").Select(link => link.TextContent));
    }

    [Fact]
    public void Shows_the_rules_with_their_thresholds_and_tests_a_channel()
    {
        Desk.Alerts = Desk.Alerts with
        {
            Rules = [new RuleView("slow-deployment", "Slow deployment", [new RuleThreshold("staging", "longer than 5 min (thresholds.deploymentDuration)")])],
            Channels = [new ChannelView("staging", "slack", "Slack #ops", IsTold: true, Samples.Delivery(DeliveryState.GivenUp, "It answered 404."))],
        };
        var page = Render<AlertsScreen>();
        Assert.Contains("longer than 5 min (thresholds.deploymentDuration)", page.Markup, StringComparison.Ordinal);
        Assert.Contains("It answered 404.", page.Markup, StringComparison.Ordinal);

        Press(page, "Send test");

        Assert.Equal(["test staging/slack"], Desk.AlertActs);
        Assert.Contains(page.FindAll("[role=status]"), status => status.TextContent.Contains("A test is on its way to Slack #ops", StringComparison.Ordinal));
    }

    [Fact]
    public void Says_that_nothing_is_open_and_nobody_would_be_told()
    {
        var page = Render<AlertsScreen>();

        Assert.Contains("Nothing is open.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("There was no alert yet.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("No channel is switched on: nobody is told.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Opens_an_incident_of_an_alert_and_goes_there()
    {
        Desk.Alerts = Page(open: [Samples.AlertView()]);
        Desk.IncidentAnswer = IncidentAnswer.Of(Samples.Incident());
        var page = Render<AlertsScreen>();

        Press(page, "Open incident");

        Assert.Equal([$"open incident of {Samples.Alert().Id}"], Desk.AlertActs);
        Assert.EndsWith("/incidents/0123456789ab", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_it_loads()
    {
        Desk.Hold = new TaskCompletionSource();

        Assert.Contains("Loading the alerts …", Render<AlertsScreen>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_what_was_known_while_it_cannot_be_read()
    {
        Desk.Alerts = Page(open: [Samples.AlertView()]);
        var page = Render<AlertsScreen>();
        Desk.IsAway = true;

        Time.Advance(TimeSpan.FromSeconds(5));

        page.WaitForAssertion(() => Assert.Contains("The alerts below are what was last known", page.Markup, StringComparison.Ordinal));
        Assert.Contains("The deployment of d1 failed", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Encodes_what_others_wrote()
    {
        Desk.Alerts = Page(open: [Samples.AlertView(Samples.Alert() with { Message = "<script>alert(1)</script>", Title = "<img src=x onerror=alert(1)>" })]);

        var page = Render<AlertsScreen>();

        Assert.Empty(page.FindAll("script, img"));
        Assert.Contains("<script>alert(1)</script>", page.Find("article").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_overview_shows_the_worst_of_what_is_open_first()
    {
        Desk.Cards = [Samples.Card()];
        Desk.Alerts = Page(open: [Samples.AlertView(Samples.Alert(AlertSeverity.Warning, "alert-1") with { Title = "Slow" }), Samples.AlertView(Samples.Alert(AlertSeverity.Critical, "alert-2") with { Title = "Down" })]);

        var panel = Render<OverviewScreen>().Find("section[aria-labelledby=open-alerts-title]");

        Assert.Equal(["Down", "Slow"], panel.QuerySelectorAll("td.result").Select(cell => cell.TextContent));
        Assert.Equal("alerts", panel.QuerySelector("header a")!.GetAttribute("href"));
    }

    private static AlertPage Page(params AlertView[] open) => new(open, [], HasOlder: false, [], [], []);

    private static void Press(IRenderedComponent<AlertsScreen> page, string label) => page.FindAll("button").First(button => button.TextContent.Trim() == label).Click();
}
