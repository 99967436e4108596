using Dashboard.Access;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.StatusPage;
using Dashboard.Operations.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Dashboard.StatusPage;

/// <summary>
/// The form on the page and what the links in mails lead to. Whoever follows a link only looks, as mail scanners do; a press of the button acts.
/// There is no antiforgery token: nothing here acts with what a browser holds by itself, and the secret of the link is in no other site's page.
/// </summary>
internal static class SubscriptionEndpoints
{
    private const int LongestBody = 4 * 1024;
    private const string ConfirmPath = "/confirm";
    private const string EndPath = "/unsubscribe";
    private static readonly string[] ReadMethods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Nothing where no mail is configured.</summary>
    public static void MapSubscriptions(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<StatusPageSettings>().Mail is null)
            return;
        var page = routes.MapGroup("/status").WithTags("Status").DisableAntiforgery().AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).WithMetadata(new RequestSizeLimitAttribute(LongestBody)).AddEndpointFilter(StoreMayBeAwayAsync);
        page.MapPost("/subscribe", AskAsync).WithSummary("Asks the owner of an address whether he wants mails.");
        page.MapMethods(ConfirmPath, ReadMethods, (string? t, HttpContext context, StatusPages pages) => ShowAsync(context, pages.ButtonAsync("Mails of the status page", "Do you want the updates of incidents and maintenance mailed to your address?", "Yes, mail me", ActionOf(ConfirmPath, t))))
            .WithSummary("What the question's link leads to: a button.");
        page.MapPost(ConfirmPath, ConfirmAsync).WithSummary("The owner says yes.");
        page.MapMethods(EndPath, ReadMethods, (string? t, HttpContext context, StatusPages pages) => ShowAsync(context, pages.ButtonAsync("No more mails", "Shall no more mails of the status page come to your address? It is deleted then.", "End it", ActionOf(EndPath, t))))
            .WithSummary("What every mail's last link leads to: a button.");
        page.MapPost(EndPath, EndAsync).WithSummary("Ends it at once, also from a mail program (RFC 8058).");
    }

    private static async Task AskAsync(HttpContext context, StatusPages pages, SubscriberBook book)
    {
        var typed = await AddressAsync(context.Request);
        var (heading, text, code) = await book.AskAsync(typed, context.Connection.RemoteIpAddress, context.RequestAborted) switch
        {
            AskAnswer.NoAddress => ("That is no e-mail address", "Go back and write one address, such as name@example.org.", StatusCodes.Status400BadRequest),
            AskAnswer.TooMany => ("Too many requests", "Too many mails were asked for within the hour. Try again later.", StatusCodes.Status429TooManyRequests),
            _ => ("Look into your mailbox", "If mails can be sent to that address, one is on its way. It says what to do next; until then nothing else is mailed.", StatusCodes.Status200OK),
        };
        await ShowAsync(context, pages.NoticeAsync(heading, text), code);
    }

    private static async Task ConfirmAsync(string? t, HttpContext context, StatusPages pages, SubscriberBook book)
    {
        if (await book.ConfirmAsync(t, context.RequestAborted))
            await ShowAsync(context, pages.NoticeAsync("You are subscribed", "From now on updates of incidents and maintenance are mailed to you. Every mail has a link that ends it."));
        else
            await ShowAsync(context, pages.NoticeAsync("This link is not valid any more", "It works once and for a day. If you have pressed the button before, all is well; if not, write your address on the status page again."), StatusCodes.Status410Gone);
    }

    /// <summary>The same answer whoever asks: a link that ended it, one that never was, and one that is too old look alike.</summary>
    private static async Task EndAsync(string? t, HttpContext context, StatusPages pages, SubscriberBook book)
    {
        await book.EndAsync(t, context.RequestAborted);
        await ShowAsync(context, pages.NoticeAsync("No more mails", "Your subscription is ended and your address deleted. Should another mail come, use the link in that one."));
    }

    /// <summary>Null for what is no form.</summary>
    private static async Task<string?> AddressAsync(HttpRequest request)
    {
        try
        {
            return request.HasFormContentType ? (await request.ReadFormAsync(request.HttpContext.RequestAborted))["address"].ToString() : null;
        }
        catch (Exception exception) when (exception is BadHttpRequestException or InvalidDataException)
        {
            return null;
        }
    }

    private static string ActionOf(string path, string? token) => $"/status{path}?t={Uri.EscapeDataString(token ?? string.Empty)}";

    private static async Task ShowAsync(HttpContext context, Task<StatusBody> body, int code = StatusCodes.Status200OK) => await StatusHeaders.SendPlainAsync(context, await body, code);

    private static async ValueTask<object?> StoreMayBeAwayAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        try
        {
            return await next(invocation);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            var context = invocation.HttpContext;
            context.RequestServices.GetRequiredService<StoreState>().Failed(exception);
            context.Response.Headers.RetryAfter = "5";
            await ShowAsync(context, context.RequestServices.GetRequiredService<StatusPages>().NoticeAsync("That did not work now", "The status page cannot reach its own data. Nothing was changed; try again in a minute."), StatusCodes.Status503ServiceUnavailable);
            return Results.Empty;
        }
    }
}
