using Dashboard.Access;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.StatusPage;
using Dashboard.Operations.Storage;

namespace Dashboard.StatusPage;

/// <summary>Everything public: the page, its incidents, and the same for programs. Nobody is asked who he is.</summary>
public static class StatusEndpoints
{
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    public static IServiceCollection AddPublicStatus(this IServiceCollection services) => services
        .AddSingleton<StatusPress>()
        .AddSingleton<StatusPages>()
        .AddSingleton<StatusBundle>();


    public static void MapPublicStatus(this IEndpointRouteBuilder routes)
    {
        var page = routes.MapGroup("/status").AllowAnonymous().RequireRateLimiting(RateLimits.Open).WithTags("Status").DisableAntiforgery();
        page.MapMethods(string.Empty, ReadMethods, OverviewAsync).WithSummary("The public page.");
        page.MapMethods("/incidents/{id}", ReadMethods, IncidentAsync).WithSummary("One public incident.");
        page.MapMethods("/badges/{component}.svg", ReadMethods, (string component, HttpContext context, StatusPress press) => BadgeAsync(component, context, press, StatusForm.Svg, StatusBadge.Svg)).WithSummary("How a component stands, as a picture.");
        page.MapMethods("/badges/{component}.json", ReadMethods, (string component, HttpContext context, StatusPress press) => BadgeAsync(component, context, press, StatusForm.Json, StatusBadge.Shields)).WithSummary("The same for shields.io.");

        var api = routes.MapGroup("/api/v2").AllowAnonymous().RequireRateLimiting(RateLimits.Open).WithTags("Status").DisableAntiforgery();
        foreach (var form in StatusForm.All)
            Map(form.Folder.Length == 0 ? page : api, form);
        routes.MapSubscriptions();
    }

    private static void Map(IEndpointRouteBuilder routes, StatusForm form) =>
        routes.MapMethods($"/{form.Name}", ReadMethods, (HttpContext context, StatusPress press) => AnswerAsync(
            context,
            press,
            $"{form.Folder}/{form.Name} {AddressOf(context.Request)}",
            view => Task.FromResult<StatusBody?>(new StatusBody(form.Make(view.Snapshot, StatusLinks.At(AddressOf(context.Request))), form.ContentType, IsShared: true)))).WithSummary(form.Summary);

    private static Task OverviewAsync(HttpContext context, StatusPress press, StatusPages pages, StatusPageSettings settings) =>
        AnswerAsync(context, press, "page", async view => await pages.OverviewAsync(view, StatusFrame.Plain with { HasForm = settings.Mail is not null }));

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
            await StatusHeaders.SendPlainAsync(context, await services.GetRequiredService<StatusPages>().NoticeAsync("There is no such page", "Nothing public is at this address."), StatusCodes.Status404NotFound);
    }

    private static async Task AwayAsync(HttpContext context, StatusPages pages)
    {
        context.Response.Headers.RetryAfter = "5";
        var notice = await pages.NoticeAsync("The status is not known now", "The status page cannot reach its own data. This says nothing about D&D Tracker itself; look again in a few seconds.");
        await StatusHeaders.SendPlainAsync(context, notice, StatusCodes.Status503ServiceUnavailable);
    }

    private static string AddressOf(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}";
}
