using Bunit;
using Dashboard.Components.Pages;
using Dashboard.Operations.Health;
using Dashboard.Operations.Overview;
using Dashboard.Operations.Platforms;
using Dashboard.Tests.Components.Support;

namespace Dashboard.Tests.Components.Pages;

public sealed class EnvironmentPageTests : ScreenContext
{
    private static readonly DateTimeOffset Today = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Shows_each_check_with_what_it_said_and_how_old_it_is()
    {
        var report = Samples.Report(HealthState.Down) with { Checks = [Samples.Report().Checks[0] with { At = Samples.Now.AddMinutes(-2) }, new("ping", HealthState.Down, 3, "The database does not answer the dashboard.")] };
        var page = RenderPage(Detail(Samples.Card(report)));

        Assert.Equal("Staging", page.Find("h1").TextContent);
        var rows = page.FindAll(".checks tbody tr").Select(row => row.QuerySelectorAll("td").Select(cell => cell.TextContent.Trim()).ToArray()).ToArray();
        Assert.Equal(["/api/health", "Healthy", "12 ms", "200 ok", "2 min ago"], rows[0]);
        Assert.Equal(["ping", "Down", "3 ms", "The database does not answer the dashboard.", "20 s ago"], rows[1]);
    }

    [Fact]
    public void Says_that_the_checks_have_stopped_and_calls_nothing_green()
    {
        var page = RenderPage(Detail(Samples.Card(Samples.Report(), isStale: true)));

        Assert.Contains("The checks have stopped", page.Markup, StringComparison.Ordinal);
        Assert.All(page.FindAll(".checks tbody .state"), state => Assert.Equal("Unknown", state.TextContent.Trim()));
    }

    [Fact]
    public void Draws_ninety_days_with_words_for_each_and_the_uptimes_with_their_formula()
    {
        var page = RenderPage(Detail(Samples.Card(Samples.Report())));

        var days = page.FindAll(".bars-days i");
        Assert.Equal(90, days.Count);
        Assert.Equal("90 days: 87 healthy, 0 degraded, 1 down, 1 in maintenance, 1 unknown.", page.Find(".bars-days").GetAttribute("aria-label"));
        Assert.Equal(("day day-down", "day day-maintenance", "day day-unknown"), (days[87].ClassName, days[88].ClassName, days[89].ClassName));
        Assert.Contains("down 10 min (20 checks)", days[87].GetAttribute("title"), StringComparison.Ordinal);
        Assert.Contains("99.98 %", page.Find(".uptimes").TextContent, StringComparison.Ordinal);
        Assert.Contains("unknown", page.Find(".uptimes").TextContent, StringComparison.Ordinal);
        Assert.Contains("up ÷ (up + down)", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Tells_what_the_database_offers_and_what_not()
    {
        var page = RenderPage(Detail(Samples.Card(Samples.Report())) with
        {
            Database = new DatabaseFacts
            {
                Id = "staging",
                At = Samples.Now,
                PingMilliseconds = 2,
                QueryMilliseconds = 3,
                Connections = new ConnectionUse(12, 3, 800),
                Indexes = [new IndexUse("users.email_1", 0), new IndexUse("users.name_1", 7)],
            },
        });

        Assert.Contains("12 of 800", page.Markup, StringComparison.Ordinal);
        Assert.Contains("1 of 2 never used", page.Markup, StringComparison.Ordinal);
        Assert.Equal("not offered by this engine", page.FindAll(".facts > div").Single(fact => fact.QuerySelector("dt")!.TextContent == "Slow queries").QuerySelector("dd")!.TextContent.Trim());
    }

    [Fact]
    public void Shows_the_machines_or_why_they_cannot_be_told()
    {
        var machine = new Machine("m1", MachineState.Healthy, Samples.Now.AddHours(-1), Note: null, "dnd-tracker:1.4.2", 3);
        var detail = Detail(Samples.Card(Samples.Report()));

        Assert.Contains("dnd-tracker:1.4.2", RenderPage(detail with { Status = new PlatformStatus(3, "dnd-tracker:1.4.2", "1.4.2", [machine]) }).Markup, StringComparison.Ordinal);
        Assert.Contains("Fly.io does not answer in time.", RenderPage(detail with { PlatformProblem = "Fly.io does not answer in time." }).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Leads_to_everything_else_of_the_environment()
    {
        var page = RenderPage(Detail(Samples.Card(Samples.Report())));

        Assert.Equal(
            ["deployments?environment=staging", "migrations?environment=staging", "backups?environment=staging", "logs?environment=staging", "maintenance"],
            page.FindAll(".page-links a").Select(link => link.GetAttribute("href")));
    }

    [Fact]
    public void Has_looks_for_loading_for_nothing_yet_for_no_such_environment_and_for_a_store_that_is_away()
    {
        Desk.Hold = new TaskCompletionSource();
        var loading = Render<EnvironmentPage>(parameters => parameters.Add(shown => shown.Name, "staging"));
        Assert.Contains("Loading the environment", loading.Markup, StringComparison.Ordinal);
        Desk.Hold.SetResult();
        loading.WaitForAssertion(() => Assert.Contains("There is no environment of this name.", loading.Markup, StringComparison.Ordinal));
        Desk.Hold = null;

        Assert.Contains("Never checked yet.", RenderPage(Detail(Samples.Card())).Markup, StringComparison.Ordinal);

        Desk.IsAway = true;
        Assert.Contains("The environment cannot be shown now", Render<EnvironmentPage>(parameters => parameters.Add(shown => shown.Name, "staging")).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Goes_on_showing_what_was_last_known_while_the_store_is_away()
    {
        var page = RenderPage(Detail(Samples.Card(Samples.Report())));

        Desk.IsAway = true;
        Time.Advance(TimeSpan.FromSeconds(10));

        page.WaitForAssertion(() => Assert.Contains("This is what was last known", page.Markup, StringComparison.Ordinal));
        Assert.Equal(2, page.FindAll(".checks tbody tr").Count);
    }

    private IRenderedComponent<EnvironmentPage> RenderPage(EnvironmentDetail detail)
    {
        Desk.Environment = detail;
        return Render<EnvironmentPage>(parameters => parameters.Add(shown => shown.Name, detail.Card.Name));
    }

    private static EnvironmentDetail Detail(EnvironmentCard card) => new(
        card,
        [
            .. Enumerable.Range(0, 87).Select(day => new HealthBar(Today.AddDays(day - 89), Today.AddDays(day - 88), Whole)),
            new HealthBar(Today.AddDays(-2), Today.AddDays(-1), Whole with { Down = new HealthShare(20, 600) }),
            new HealthBar(Today.AddDays(-1), Today, new HealthSums { Samples = 9, Maintenance = new HealthShare(9, 270) }),
            new HealthBar(Today, Samples.Now, HealthSums.None),
        ],
        [new Uptime("24 hours", Today, Samples.Now, HealthSums.None), new Uptime("90 days", Today.AddDays(-89), Samples.Now, new HealthSums { Healthy = new HealthShare(9_999, 99_989), Down = new HealthShare(1, 11) })],
        "/api/health",
        [new HealthHour(Today, 12, 30)],
        Database: null);

    private static HealthSums Whole => new() { Samples = 2_880, Healthy = new HealthShare(2_880, 86_400) };
}
