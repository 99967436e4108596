using System.Globalization;

namespace DndTracker.Pages;

/// <summary>The pages of the application.</summary>
internal static class PageEndpoints
{
    // A page beyond this is nobody's wish, and skipping so far is work.
    private const int LastPage = 10_000;

    public static void MapPages(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", (HttpContext context, TrackerPages pages) => ShowAsync<StartPage>(
            context, async () => [(nameof(StartPage.Counts), await pages.CountsAsync(context.RequestAborted))]));
        app.MapList("/characters", "Characters", pages => pages.CharactersAsync);
        app.MapList("/parties", "Parties", pages => pages.PartiesAsync);
        app.MapList("/encounters", "Encounters", pages => pages.EncountersAsync);
    }

    private static void MapList(
        this IEndpointRouteBuilder app, string path, string title, Func<TrackerPages, Func<int, CancellationToken, Task<ListPart>>> list) =>
        app.MapGet(path, (HttpContext context, TrackerPages pages) => ShowAsync<ListPage>(context, async () =>
        [
            (nameof(ListPage.Title), title),
            (nameof(ListPage.List), await list(pages)(PageNumber(context.Request), context.RequestAborted)),
        ]));

    private static int PageNumber(HttpRequest request) =>
        int.TryParse(request.Query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, LastPage) : 1;

    private static async Task ShowAsync<TPage>(HttpContext context, Func<Task<(string Name, object? Value)[]>> read)
        where TPage : Microsoft.AspNetCore.Components.IComponent
    {
        (string Name, object? Value)[] parameters;
        try
        {
            parameters = await read();
        }
        catch (Exception outage) when (TrackerDatabase.IsOutage(outage))
        {
            context.Response.Headers.RetryAfter = "30";
            await Page.WriteAsync<NoticePage>(
                context, StatusCodes.Status503ServiceUnavailable,
                (nameof(NoticePage.Heading), "Out of reach for a moment"),
                (nameof(NoticePage.Text), $"{TrackerDatabase.Describe(outage)} Try again in half a minute."));
            return;
        }

        await Page.WriteAsync<TPage>(context, StatusCodes.Status200OK, parameters);
    }
}
