using System.ServiceModel.Syndication;
using System.Text;
using System.Xml;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.StatusPage;

namespace Dashboard.StatusPage;

/// <summary>RSS and Atom: an entry for each update and each state of a maintenance, with a name that never changes, so that a reader tells each once.</summary>
internal static class StatusFeeds
{
    private const int Most = 50;

    public static byte[] Atom(StatusSnapshot snapshot, StatusLinks links) => Write(new Atom10FeedFormatter(Feed(snapshot, links, "status.atom")));

    public static byte[] Rss(StatusSnapshot snapshot, StatusLinks links) => Write(new Rss20FeedFormatter(Feed(snapshot, links, "status.rss"), serializeExtensionsAsAtom: false));

    private static SyndicationFeed Feed(StatusSnapshot snapshot, StatusLinks links, string self)
    {
        var items = snapshot.Incidents.SelectMany(incident => incident.Updates.Select(update => Item(incident, update, links)))
            .Concat(snapshot.Maintenance.Select(window => Item(window, links)))
            .OrderByDescending(item => item.LastUpdatedTime)
            .Take(Most)
            .ToList();
        var feed = new SyndicationFeed("D&D Tracker status", "Incidents and maintenance", new Uri(links.Page), "urn:dnd-tracker:status", items.Count == 0 ? DateTimeOffset.UnixEpoch : items[0].LastUpdatedTime)
        {
            Items = items,
            Language = "en",
        };
        feed.Authors.Add(new SyndicationPerson { Name = "D&D Tracker" });
        feed.Links.Add(SyndicationLink.CreateSelfLink(new Uri($"{links.Forms}{self}")));
        return feed;
    }

    private static SyndicationItem Item(StatusIncident incident, StatusUpdate update, StatusLinks links) => Item(
        $"urn:dnd-tracker:incident:{incident.Id}:{update.Id}",
        $"{incident.Title}: {StatusWords.Of(update.Status)}",
        update.Body,
        new Uri(links.Incident(incident.Id)),
        update.At);

    private static SyndicationItem Item(StatusMaintenance window, StatusLinks links) => Item(
        FormattableString.Invariant($"urn:dnd-tracker:maintenance:{window.Id}:{window.Sequence}"),
        $"{window.Title}: {MaintenanceWords.Of(window.Phase)}",
        FormattableString.Invariant($"From {window.Start.UtcDateTime:yyyy-MM-dd HH:mm} to {window.End.UtcDateTime:yyyy-MM-dd HH:mm} UTC. {window.Notice}").TrimEnd(),
        new Uri($"{links.Page}#maintenance"),
        window.UpdatedAt);

    private static SyndicationItem Item(string id, string title, string text, Uri address, DateTimeOffset at) => new(title, SyndicationContent.CreatePlaintextContent(text), address, id, at)
    {
        PublishDate = at,
        Summary = SyndicationContent.CreatePlaintextContent(text),
    };

    private static byte[] Write(SyndicationFeedFormatter formatter)
    {
        using var bytes = new MemoryStream();
        using (var writer = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, IndentChars = " " }))
            formatter.WriteTo(writer);
        return bytes.ToArray();
    }
}
