using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.StatusPage;
using Dashboard.Testing.Mongo;

namespace Dashboard.Tests.StatusPage;

public sealed class StatusDocumentTests
{
    private const int Limit = 50_000;

    private static int StyleBytes => (int)new FileInfo(Path.Combine(Repository.Root, "wwwroot", "css", "status.css")).Length;

    [Fact]
    public async Task Every_day_has_its_words_for_who_hovers_and_a_sentence_for_who_listens()
    {
        var page = await ParseAsync(StatusSamples.View());

        var bars = page.QuerySelectorAll(".bars");
        Assert.Equal(4, bars.Length);
        Assert.All(bars, one => Assert.Equal(90, one.QuerySelectorAll("i[title]").Length));
        Assert.Equal("The last 90 days: 99.98 % up, trouble on 90 days", bars[0].GetAttribute("aria-label"));
        Assert.Equal("23 Nov: down 119 min, degraded 119 min", bars[0].LastElementChild!.GetAttribute("title"));
    }

    [Fact]
    public async Task Open_incidents_show_their_updates_and_past_ones_how_long_they_lasted()
    {
        var (open, past) = (StatusSamples.Incident(), StatusSamples.Incident("It was slow", isOpen: false));
        var page = await ParseAsync(StatusSamples.View(StatusSamples.Snapshot(open: [open], past: [past])));

        Assert.Equal(2, page.QuerySelectorAll("section[aria-labelledby=open] .updates li").Length);
        Assert.Contains("resolved after 2 h 55 min", page.QuerySelector("section[aria-labelledby=past]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal($"/status/incidents/{past.Id}", page.QuerySelector("section[aria-labelledby=past] a")!.GetAttribute("href"));
    }

    [Theory]
    [InlineData(MaintenancePhase.Scheduled, 26.5, "Begins in 26 h 30 min")]
    [InlineData(MaintenancePhase.Scheduled, -0.1, "Begins at any moment")]
    [InlineData(MaintenancePhase.InProgress, -0.5, "Under way, 30 min left")]
    [InlineData(MaintenancePhase.InProgress, -2.0, "Under way, longer than planned")]
    [InlineData(MaintenancePhase.Cancelled, 1.0, "Cancelled")]
    public async Task Maintenance_counts_down_in_words(MaintenancePhase phase, double startsInHours, string words)
    {
        var page = await ParseAsync(StatusSamples.View(StatusSamples.Snapshot(maintenance: [StatusSamples.Window(phase, startsInHours: startsInHours)])));

        Assert.Equal(words, page.QuerySelector("section[aria-labelledby=maintenance] strong")!.TextContent);
    }

    [Fact]
    public async Task What_is_over_is_not_planned()
    {
        var page = await ParseAsync(StatusSamples.View(StatusSamples.Snapshot(maintenance: [StatusSamples.Window(MaintenancePhase.Completed, startsInHours: -5), StatusSamples.Window(MaintenancePhase.Cancelled, startsInHours: -5)])));

        Assert.Contains("Nothing is planned.", page.QuerySelector("section[aria-labelledby=maintenance]")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_last_known_says_so()
    {
        Assert.Contains("cannot reach its own data now. What is below was so at 23 Nov 2026, 12:00", (await ParseAsync(StatusSamples.View(isAway: true))).QuerySelector("[role=status]")!.TextContent, StringComparison.Ordinal);
        Assert.Null((await ParseAsync(StatusSamples.View())).QuerySelector("[role=status]"));
    }

    [Theory]
    [InlineData("Characters cannot be saved. ")]
    [InlineData("<&\"'>")]
    [InlineData("Не сохраняется ")]
    [InlineData("🐉")]
    public async Task The_whole_first_view_stays_under_fifty_kilobytes_whatever_is_written(string words)
    {
        var title = Long(words, IncidentBook.LongestTitle);
        var incident = StatusSamples.Incident(title) with { Updates = [.. Enumerable.Range(0, 50).Select(number => new StatusUpdate($"u{number}", UpdateStatus.Monitoring, Long(words, IncidentBook.LongestText), StatusSamples.Now))] };
        var few = StatusSamples.Snapshot(2, [incident, incident], Repeat(incident, 25), [.. Enumerable.Range(0, 12).Select(_ => StatusSamples.Window(notice: Long(words, 500)))]);
        var many = few with { Environments = StatusSamples.Snapshot(8).Environments };

        foreach (var snapshot in new[] { few, many })
            Assert.InRange(Encoding.UTF8.GetByteCount(await StatusSamples.PageAsync(StatusSamples.View(snapshot), hasForm: true)) + StyleBytes, 1, Limit);

        Assert.InRange(Encoding.UTF8.GetByteCount(await StatusSamples.PageAsync(incident)) + StyleBytes, 1, Limit);
    }

    [Fact]
    public async Task Words_of_others_are_only_words_and_nothing_is_inline()
    {
        const string Hostile = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\" onmouseover=\"alert(1)";
        var incident = StatusSamples.Incident(Hostile);
        var snapshot = StatusSamples.Snapshot(open: [incident], past: [incident], maintenance: [StatusSamples.Window(notice: Hostile)]);

        foreach (var html in new[] { await StatusSamples.PageAsync(StatusSamples.View(snapshot)), await StatusSamples.PageAsync(incident) })
        {
            var page = new HtmlParser().ParseDocument(html);
            Assert.Empty(page.QuerySelectorAll("script, style, img, iframe, object, form, base, [style]"));
            Assert.DoesNotContain(page.All.SelectMany(element => element.Attributes), attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
            Assert.All(page.QuerySelectorAll("a"), link => Assert.StartsWith("/", link.GetAttribute("href"), StringComparison.Ordinal));
            Assert.Contains(Hostile, page.Body!.TextContent, StringComparison.Ordinal);
        }
    }

    private static string Long(string words, int length) => string.Concat(Enumerable.Repeat(words, length))[..length];

    private static IReadOnlyList<StatusIncident> Repeat(StatusIncident incident, int times) => [.. Enumerable.Repeat(incident, times)];

    private static async Task<IHtmlDocument> ParseAsync(StatusView view) => new HtmlParser().ParseDocument(await StatusSamples.PageAsync(view));
}
