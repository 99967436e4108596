using System.ServiceModel.Syndication;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using AngleSharp.Html.Parser;
using Dashboard.Operations.StatusPage;
using Dashboard.StatusPage;
using Ical.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dashboard.Tests.StatusPage;

/// <summary>The copy: every link leads to a file of it, wherever it lies.</summary>
public sealed class StatusBundleTests
{
    private const string Address = "https://static.example/below/a/path";

    private static readonly string[] Always =
    [
        "api/v2/components.json", "api/v2/incidents.json", "api/v2/incidents/unresolved.json", "api/v2/scheduled-maintenances.json", "api/v2/scheduled-maintenances/active.json",
        "api/v2/scheduled-maintenances/upcoming.json", "api/v2/status.json", "api/v2/summary.json",
        "badges/e0-application.json", "badges/e0-application.svg", "badges/e0-database.json", "badges/e0-database.svg", "badges/e1-application.json", "badges/e1-application.svg", "badges/e1-database.json", "badges/e1-database.svg",
        "favicon.svg", "index.html", "maintenance.ics", "status.atom", "status.css", "status.rss",
    ];

    [Fact]
    public async Task Every_link_of_every_page_leads_to_a_file_from_wherever_it_is_read()
    {
        var files = await MakeAsync(Whole());

        foreach (var page in files.Where(file => file.Path.EndsWith(".html", StringComparison.Ordinal)))
        {
            var document = new HtmlParser().ParseDocument(Text(page));
            var links = document.QuerySelectorAll("a[href], link[href]").Select(link => link.GetAttribute("href")!).ToList();
            Assert.NotEmpty(links);
            Assert.All(links, link =>
            {
                Assert.False(link.StartsWith('/') || link.Contains(':', StringComparison.Ordinal), $"{page.Path} links to {link}.");
                var target = new Uri(new Uri($"{Address}/{page.Path}"), link).GetLeftPart(UriPartial.Path);
                Assert.StartsWith($"{Address}/", target, StringComparison.Ordinal);
                Assert.Contains(target[(Address.Length + 1)..], files.Select(file => file.Path));
            });
            Assert.Empty(document.QuerySelectorAll("script, form, base, [src]"));
        }
    }

    [Fact]
    public async Task Has_every_form_and_the_page_last()
    {
        var snapshot = Whole();

        var paths = (await MakeAsync(snapshot)).Select(file => file.Path).ToList();

        Assert.Equal("index.html", paths[^1]);
        Assert.Equal(
            Always.Concat(snapshot.Incidents.Select(incident => $"incidents/{incident.Id}.html")).Order(StringComparer.Ordinal),
            paths.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Feeds_calendar_and_json_name_the_copys_own_address()
    {
        var snapshot = Whole();
        var files = await MakeAsync(snapshot);
        var incident = $"{Address}/incidents/{snapshot.Open[0].Id}.html";

        Assert.Equal(incident, JsonNode.Parse(Of(files, "api/v2/summary.json"))!["incidents"]![0]!["shortlink"]!.GetValue<string>());
        Assert.Equal($"{Address}/index.html", JsonNode.Parse(Of(files, "api/v2/summary.json"))!["page"]!["url"]!.GetValue<string>());
        foreach (var name in new[] { "status.atom", "status.rss" })
        {
            using var reader = XmlReader.Create(new StringReader(Of(files, name)));
            var feed = SyndicationFeed.Load(reader);
            Assert.Contains(feed.Items, item => item.Links[0].Uri.AbsoluteUri == incident);
            Assert.All(feed.Items, item => Assert.StartsWith($"{Address}/", item.Links[0].Uri.AbsoluteUri, StringComparison.Ordinal));
        }

        Assert.Equal($"{Address}/index.html#maintenance", Calendar.Load(Of(files, "maintenance.ics"))!.Events[0]!.Url!.AbsoluteUri);
    }

    [Fact]
    public async Task Says_when_it_was_written_and_nothing_that_is_wrong_when_it_is_read_later()
    {
        var page = new HtmlParser().ParseDocument(Of(await MakeAsync(Whole()), "index.html"));

        Assert.Contains("Written 23 Nov 2026, 12:00. All times are UTC. This is a copy", page.QuerySelector("footer")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Planned", page.QuerySelector("section[aria-labelledby=maintenance] strong")!.TextContent);
        Assert.DoesNotContain("Reload", page.Body!.TextContent, StringComparison.Ordinal);
    }

    private static StatusSnapshot Whole() => StatusSamples.Snapshot(open: [StatusSamples.Incident()], past: [StatusSamples.Incident("It was slow", isOpen: false)], maintenance: [StatusSamples.Window()]);

    private static async Task<IReadOnlyList<BundleFile>> MakeAsync(StatusSnapshot snapshot)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        return await new StatusBundle(new StatusPages(services, NullLoggerFactory.Instance)).MakeAsync(snapshot, Address);
    }

    private static string Of(IReadOnlyList<BundleFile> files, string path) => Text(files.Single(file => file.Path == path));

    private static string Text(BundleFile file) => Encoding.UTF8.GetString(file.Bytes);
}
