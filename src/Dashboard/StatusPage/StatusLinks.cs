namespace Dashboard.StatusPage;

/// <summary>Where each public thing is, as the dashboard serves it or as it lies in the copy. Without an address before it, from where the page is.</summary>
/// <param name="Page">The overview.</param>
/// <param name="Forms">Before the name of a feed or the calendar.</param>
public sealed record StatusLinks(string Page, string Incidents, string IncidentEnd, string Forms, string Api, string Style, string Icon)
{
    /// <summary>From the root of the host that a page came from.</summary>
    public static readonly StatusLinks Served = At(string.Empty);

    public string Json => $"{Api}summary.json";

    /// <summary>At a dashboard.</summary>
    /// <param name="address">Without a slash at its end.</param>
    public static StatusLinks At(string address) =>
        new($"{address}/status", $"{address}/status/incidents/", string.Empty, $"{address}/status/", $"{address}/api/v2/", $"{address}/css/status.css", $"{address}/favicon.svg");

    /// <summary>In the copy, whose every page is a file that names itself, because a bucket looks for no index.</summary>
    /// <param name="root">Empty, <c>../</c>, or an address with a slash at its end.</param>
    public static StatusLinks InCopy(string root) =>
        new($"{root}index.html", $"{root}incidents/", ".html", root, $"{root}api/v2/", $"{root}status.css", $"{root}favicon.svg");

    public string Incident(string id) => $"{Incidents}{id}{IncidentEnd}";
}
