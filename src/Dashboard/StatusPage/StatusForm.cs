using Dashboard.Operations.StatusPage;

namespace Dashboard.StatusPage;

/// <summary>The machine forms: each with its address, its type and how it is made. The dashboard serves them, and the copy has a file for each.</summary>
/// <param name="Folder">Of the page's own (empty) or <c>api/v2</c>.</param>
internal sealed record StatusForm(string Folder, string Name, string ContentType, Func<StatusSnapshot, StatusLinks, byte[]> Make, string Summary)
{
    public const string Json = "application/json; charset=utf-8";
    public const string Svg = "image/svg+xml";
    public const string Api = "api/v2";

    public static IReadOnlyList<StatusForm> All { get; } =
    [
        new(string.Empty, "status.atom", "application/atom+xml; charset=utf-8", StatusFeeds.Atom, "Incidents and maintenance as Atom."),
        new(string.Empty, "status.rss", "application/rss+xml; charset=utf-8", StatusFeeds.Rss, "The same as RSS."),
        new(string.Empty, "maintenance.ics", "text/calendar; charset=utf-8", MaintenanceCalendar.Of, "Maintenance for calendars."),
        new(Api, "summary.json", Json, StatuspageJson.Summary, "All that is so now, in Statuspage's shape."),
        new(Api, "status.json", Json, StatuspageJson.StatusAlone, "One word for all."),
        new(Api, "components.json", Json, StatuspageJson.ComponentsAlone, "Environments and their components."),
        new(Api, "incidents.json", Json, (snapshot, links) => StatuspageJson.IncidentsAlone(snapshot, links, unresolved: false), "Open and past incidents."),
        new(Api, "incidents/unresolved.json", Json, (snapshot, links) => StatuspageJson.IncidentsAlone(snapshot, links, unresolved: true), "Open incidents."),
        new(Api, "scheduled-maintenances.json", Json, (snapshot, links) => StatuspageJson.MaintenancesAlone(snapshot, links, Enum.GetValues<MaintenancePhase>()), "Every window."),
        new(Api, "scheduled-maintenances/upcoming.json", Json, (snapshot, links) => StatuspageJson.MaintenancesAlone(snapshot, links, MaintenancePhase.Scheduled), "Windows to come."),
        new(Api, "scheduled-maintenances/active.json", Json, (snapshot, links) => StatuspageJson.MaintenancesAlone(snapshot, links, MaintenancePhase.InProgress), "Windows that are open."),
    ];
}
