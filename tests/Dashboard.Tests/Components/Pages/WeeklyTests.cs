using Bunit;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;
using Dashboard.Operations.Weekly;
using Dashboard.Tests.Components.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using WeeklyPage = Dashboard.Components.Pages.Weekly;

namespace Dashboard.Tests.Components.Pages;

public sealed class WeeklyTests : ScreenContext
{
    private static readonly IsoWeek Week = IsoWeek.Of(Samples.Now).Previous;

    [Fact]
    public void Shows_the_last_week_that_is_over_with_its_verdict_and_the_CSV_one_click_away()
    {
        Desk.Week = Review() with { Now = Report(0.5) };

        var page = Render<WeeklyPage>();

        Assert.Equal(Week, Desk.AskedWeek);
        Assert.Contains("Missed: success rate", page.Find(".week-head").TextContent, StringComparison.Ordinal);
        var link = page.FindAll("a").Single(link => link.TextContent.Contains("Download CSV", StringComparison.Ordinal));
        Assert.Equal($"api/monitoring/deployment?action=metrics&format=csv&week={Week}", link.GetAttribute("href"));
        var row = page.FindAll("tbody tr").First(row => row.TextContent.Contains("Success rate", StringComparison.Ordinal));
        Assert.Equal(["50 %", "> 95 % (runbook)", "Missed", "▼ from 100 %"], row.QuerySelectorAll("td").Select(cell => cell.TextContent.Trim()));
        Assert.Contains("Good ones ÷ all = 1 ÷ 2. Left out: 3 unfinished deployments. They have no end.", row.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_a_quiet_week_was()
    {
        Desk.Week = Review() with { Now = Report(null), Before = Report(null) };

        var page = Render<WeeklyPage>();

        Assert.Contains("Nothing to judge", page.Find(".week-head").TextContent, StringComparison.Ordinal);
        Assert.Contains("No alert was raised.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Nobody has written anything about this week.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Goes_to_other_weeks_and_keeps_the_environment()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("weekly/2026-W40?environment=staging");
        Desk.Week = Review() with { Week = IsoWeek.TryParse("2026-W40")!.Value, Environment = "staging" };

        var page = Render<WeeklyPage>(parameters => parameters.Add(shown => shown.WeekName, "2026-W40"));

        Assert.Equal(["weekly/2026-W39?environment=staging", "weekly/2026-W41?environment=staging"], page.FindAll(".week-head a.icon-button").Select(link => link.GetAttribute("href")));
        Assert.Contains("week=2026-W40&environment=staging", page.Markup.Replace("&amp;", "&", StringComparison.Ordinal), StringComparison.Ordinal);

        page.Render(parameters => parameters.Add(shown => shown.WeekName, "2026-W39"));

        Assert.Equal("2026-W39", Desk.AskedWeek.ToString());
    }

    [Fact]
    public void A_week_that_goes_on_is_called_so_and_has_no_next_one()
    {
        Desk.Week = Review() with { IsClosed = false };

        var page = Render<WeeklyPage>();

        Assert.Contains("Not over yet", page.Find(".week-head").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll(".week-head a.icon-button"));
    }

    [Fact]
    public void Offers_an_issue_for_what_comes_back()
    {
        Desk.Week = Review() with
        {
            MakesIssues = true,
            Alerts = [new AlertTally("staging", "slow-deployment", "It was slow", 4)],
            Problems = [new RecurringProblem("staging/slow-deployment", "staging", "slow-deployment", "It was slow", "Look.", 4, 2, Samples.Now)],
        };

        Desk.Intake = new IntakeResult.Accepted(Samples.Run(RunState.Queued));

        var page = Render<WeeklyPage>();
        page.FindAll("button").Single(button => button.TextContent.Contains("Create issue", StringComparison.Ordinal)).Click();

        var press = Assert.Single(Desk.Presses);
        Assert.Equal(("file-issue", "staging", $$"""{"rule":"slow-deployment","week":"{{Week}}"}"""), (press.Operation, press.Environment, press.Request?.ToJsonString()));
    }

    [Fact]
    public void Keeps_a_note_and_shows_it()
    {
        Desk.Week = Review();
        var page = Render<WeeklyPage>();
        Desk.Week = Review() with { Notes = [new WeeklyNote { Week = Week.ToString(), Text = "<b>slow</b>", Author = "local operator", At = Samples.Now }] };

        page.Find("#note").Input("<b>slow</b>");
        page.Find(".notes form").Submit();

        Assert.Equal((Week, "<b>slow</b>"), Assert.Single(Desk.Notes));
        page.WaitForAssertion(() => Assert.Equal("<b>slow</b>", page.Find(".note-text").TextContent));
        Assert.Equal(string.Empty, page.Find("#note").GetAttribute("value") ?? string.Empty);
    }

    [Fact]
    public void Says_why_a_note_was_not_kept()
    {
        Desk.Week = Review();
        Desk.NoteProblem = "Write something first.";
        var page = Render<WeeklyPage>();

        page.Find(".notes form").Submit();

        page.WaitForAssertion(() => Assert.Equal("Write something first.", page.Find("#note-problem").TextContent));
    }

    [Fact]
    public void Says_that_it_counts()
    {
        Desk.Hold = new TaskCompletionSource();

        Assert.Contains("Counting the week …", Render<WeeklyPage>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_it_cannot_be_shown()
    {
        Desk.IsAway = true;

        Assert.Contains("The week cannot be shown now", Render<WeeklyPage>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_that_something_is_no_week()
    {
        var page = Render<WeeklyPage>(parameters => parameters.Add(shown => shown.WeekName, "2026-W60"));

        Assert.Contains("'2026-W60' is no week.", page.Markup, StringComparison.Ordinal);
        Assert.Null(Desk.AskedWeek);
    }

    [Fact]
    public void Says_that_there_is_no_such_environment()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("weekly?environment=moon");

        Assert.Contains("There is no such environment.", Render<WeeklyPage>().Markup, StringComparison.Ordinal);
        Assert.Null(Desk.AskedWeek);
    }

    private static WeeklyReview Review() => new(Week, IsClosed: true, Environment: null, Report(1), Report(1), [new WeeklySeries("Alerts", "alerts", [new SeriesPoint(Week.From, 2)], IsCounted: true)], [], [], []);

    private static DeploymentReport Report(double? rate) => new(
        new MetricWindow(null, Week.From, Week.To),
        Last: null,
        [
            new Figure
            {
                Name = FigureNames.SuccessRate, Title = "Success rate", Unit = "ratio", Formula = "Good ones ÷ all", Numerator = 1, Denominator = 2, Value = rate,
                LeftOut = [new LeftOut(3, "unfinished deployments", "They have no end.")], Targets = [new Target(0.95, IsUpper: false, "runbook")],
            },
        ],
        [new Figure { Name = FigureNames.Frequency, Title = "Deployment frequency", Unit = "per day", Formula = "Deployments ÷ days", Numerator = 7, Denominator = 7, Value = 1 }],
        Waiting: 0);
}
