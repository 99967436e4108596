using Dashboard.Access;
using Dashboard.Operations.StatusPage;
using Dashboard.Operations.Storage;

namespace Dashboard.StatusPage;

/// <summary>Everything public: the page, its incidents, and the same for programs. Nobody is asked who he is.</summary>
public static class StatusEndpoints
{
    private const string Json = "application/json; charset=utf-8";
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    public static IServiceCollection AddPublicStatus(this IServiceCollection services) => services.AddSingleton<StatusPress>().AddSingleton<StatusPages>();

    public static void MapPublicStatus(this IEndpointRouteBuilder routes)
    {
        var page = routes.MapGroup("/status").AllowAnonymous().RequireRateLimiting(RateLimits.Open).WithTags("Status").DisableAntiforgery();
        page.MapMethods(string.Empty, ReadMethods, OverviewAsync).WithSummary("The public page.");
        page.MapMethods("/incidents/{id}", ReadMethods, IncidentAsync).WithSummary("One public incident.");
        Map(page, "/status.atom", "application/atom+xml; charset=utf-8", StatusFeeds.Atom, "Incidents and maintenance as Atom.");
        Map(page, "/status.rss", "application/rss+xml; charset=utf-8", StatusFeeds.Rss, "The same as RSS.");
        Map(page, "/maintenance.ics", "text/calendar; charset=utf-8", MaintenanceCalendar.Of, "Maintenance for calendars.");
        page.MapMethods("/badges/{component}.svg", ReadMethods, (string component, HttpContext context, StatusPress press) => BadgeAsync(component, context, press, "image/svg+xml", StatusBadge.Svg)).WithSummary("How a component stands, as a picture.");
        page.MapMethods("/badges/{component}.json", ReadMethods, (string component, HttpContext context, StatusPress press) => BadgeAsync(component, context, press, Json, StatusBadge.Shields)).WithSummary("The same for shields.io.");

        var api = routes.MapGroup("/api/v2").AllowAnonymous().RequireRateLimiting(RateLimits.Open).WithTags("Status").DisableAntiforgery();
        Map(api, "/summary.json", Json, StatuspageJson.Summary, "All that is so now, in Statuspage's shape.");
        Map(api, "/status.json", Json, StatuspageJson.StatusAlone, "One word for all.");
        Map(api, "/components.json", Json, StatuspageJson.ComponentsAlone, "Environments and their components.");
        Map(api, "/incidents.json", Json, (snapshot, address) => StatuspageJson.IncidentsAlone(snapshot, address, unresolved: false), "Open and past incidents.");
        Map(api, "/incidents/unresolved.json", Json, (snapshot, address) => StatuspageJson.IncidentsAlone(snapshot, address, unresolved: true), "Open incidents.");
        Map(api, "/scheduled-maintenances.json", Json, (snapshot, address) => StatuspageJson.MaintenancesAlone(snapshot, address, Enum.GetValues<MaintenancePhase>()), "Every window.");
        Map(api, "/scheduled-maintenances/upcoming.json", Json, (snapshot, address) => StatuspageJson.MaintenancesAlone(snapshot, address, MaintenancePhase.Scheduled), "Windows to come.");
        Map(api, "/scheduled-maintenances/active.json", Json, (snapshot, address) => StatuspageJson.MaintenancesAlone(snapshot, address, MaintenancePhase.InProgress), "Windows that are open.");
    }

    private static void Map(IEndpointRouteBuilder routes, string path, string contentType, Func<StatusSnapshot, string, byte[]> make, string summary) =>
        routes.MapMethods(path, ReadMethods, (HttpContext context, StatusPress press) => AnswerAsync(
            context,
            press,
            $"{path} {AddressOf(context.Request)}",
            view => Task.FromResult<StatusBody?>(new StatusBody(make(view.Snapshot, AddressOf(context.Request)), contentType, IsShared: true)))).WithSummary(summary);

    private static Task OverviewAsync(HttpContext context, StatusPress press, StatusPages pages) => AnswerAsync(context, press, "page", async view => await pages.OverviewAsync(view));

    private static async Task IncidentAsync(string id, HttpContext context, StatusBoard board, StatusPress press, StatusPages pages)
    {
        try
        {
            await AnswerAsync(
                context,
                press,
                $"incident {id}",
                async view => await board.FindAsync(id, context.RequestAborted) is { } found ? await pages.IncidentAsync(view, found) : null);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            await AwayAsync(context, pages);
        }
    }

    private static Task BadgeAsync(string component, HttpContext context, StatusPress press, string contentType, Func<StatusComponent, byte[]> make) => AnswerAsync(
        context,
        press,
        $"badge {component} {contentType}",
        view => Task.FromResult(view.Snapshot.Components.FirstOrDefault(one => one.Id == component) is { } found ? new StatusBody(make(found), contentType, IsShared: true) : null));

    /// <param name="make">Null: there is no such thing.</param>
    private static async Task AnswerAsync(HttpContext context, StatusPress press, string name, Func<StatusView, Task<StatusBody?>> make)
    {
        var services = context.RequestServices;
        if (await services.GetRequiredService<StatusBoard>().ReadAsync(context.RequestAborted) is not { } view)
            await AwayAsync(context, services.GetRequiredService<StatusPages>());
        else if (await press.PrintAsync(view, name, make) is { } body)
            await StatusHeaders.SendAsync(context, body, view.IsAway);
        else
            await PlainAsync(context, await services.GetRequiredService<StatusPages>().NoticeAsync("There is no such page", "Nothing public is at this address."), StatusCodes.Status404NotFound);
    }

    private static async Task AwayAsync(HttpContext context, StatusPages pages)
    {
        context.Response.Headers.RetryAfter = "5";
        var notice = await pages.NoticeAsync("The status is not known now", "The status page cannot reach its own data. This says nothing about D&D Tracker itself; look again in a few seconds.");
        await PlainAsync(context, notice, StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task PlainAsync(HttpContext context, StatusBody body, int code)
    {
        StatusHeaders.Secure(context.Response, isShared: false);
        context.Response.StatusCode = code;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = body.ContentType;
        context.Response.ContentLength = body.Bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body.Bytes, context.RequestAborted);
    }

    private static string AddressOf(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}";
}
