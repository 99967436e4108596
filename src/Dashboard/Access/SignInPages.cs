using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Configuration;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Dashboard.Access;

/// <summary>Where people sign in and out: plain forms without a script or a circuit. Whatever is wrong has one answer.</summary>
internal static class SignInPages
{
    public const string Path = "/sign-in";
    public const string RefusedPath = "/refused";
    public const string OutPath = "/sign-out";
    public const string ProviderPath = "/sign-in/provider";
    public const string ReturnParameter = "ReturnUrl";

    /// <summary>More than any form of these has.</summary>
    public const int LongestBody = 16 * 1024;

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup(string.Empty).AllowAnonymous().ExcludeFromDescription().RequireRateLimiting(RateLimits.SignIn);
        open.MapGet(Path, Show);
        open.MapPost(Path, SignInAsync).WithMetadata(new RequestSizeLimitAttribute(LongestBody)).AddEndpointFilter(FormFilter.CheckAsync).DisableAntiforgery();
        open.MapGet(RefusedPath, () => new RazorComponentResult<RefusedDocument> { StatusCode = StatusCodes.Status403Forbidden });
        routes.MapPost(OutPath, SignOutAsync).RequireAuthorization(AccessPolicies.Somebody).AddEndpointFilter(FormFilter.CheckAsync).DisableAntiforgery().ExcludeFromDescription();
    }

    /// <summary>Whoever followed a link from another site may be signed in all the same: asked from here, the browser sends its strict cookie along.</summary>
    private static IResult Show(HttpContext context, Settings settings)
    {
        var returnTo = context.Request.Query[ReturnParameter].ToString();
        return returnTo.Length > 0 && context.Request.Headers["Sec-Fetch-Site"] is ["cross-site"]
            ? new RazorComponentResult<OnwardDocument>(new { To = LocalAddress(returnTo) })
            : Page(context, settings, returnTo);
    }

    /// <summary>An address of our own, as it was before the sign-in; everything else is the overview, so that nobody is led elsewhere.</summary>
    public static string LocalAddress(string? given) =>
        given is ['/', ..] && given is not ['/', '/' or '\\', ..] && !given.Any(char.IsControl) && Uri.TryCreate(given, UriKind.Relative, out _) ? given : "/";

    /// <summary>Begins the session and its cookie.</summary>
    public static async Task BeginSessionAsync(this HttpContext context, Account account)
    {
        var text = await context.RequestServices.GetRequiredService<Sessions>().BeginAsync(
            account, context.Source(), context.Request.Headers.UserAgent.ToString(), context.RequestAborted);
        await context.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme, CallerClaims.OfSession(text, CookieAuthenticationDefaults.AuthenticationScheme), new AuthenticationProperties { IsPersistent = false });
    }

    /// <summary>The same for whom a link or a provider let in; of a password <see cref="SignIn"/> writes itself what came of it.</summary>
    /// <exception cref="AuditException">He is not signed in.</exception>
    public static async Task BeginSessionAsync(this HttpContext context, Account account, Asker asker)
    {
        await context.RequestServices.GetRequiredService<AuditTrail>().AppendAsync(asker.Fact("sign-in", account.Name) with { Outcome = AuditOutcome.Done }, context.RequestAborted);
        await context.BeginSessionAsync(account);
    }

    public static IResult Page(HttpContext context, Settings settings, string? returnTo, string? name = null, string? problem = null, int status = StatusCodes.Status200OK) =>
        new RazorComponentResult<SignInDocument>(new
        {
            Problem = problem,
            Name = name,
            ReturnTo = LocalAddress(returnTo),
            ProviderTitle = settings.Access.OpenIdConnect?.Title,
            IsLocal = settings.Mode == DashboardMode.Local,
        })
        { StatusCode = status };

    private static async Task<IResult> SignInAsync(HttpContext context, Settings settings, SignIn signIn, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var (name, returnTo) = (form["name"].ToString(), form["returnTo"].ToString());
        try
        {
            var answer = await signIn.TryAsync(new SignInTry(name, form["password"].ToString(), form["code"].ToString(), context.Newcomer()), cancellationToken);
            if (answer.Account is { } account)
            {
                await context.BeginSessionAsync(account);
                return Results.LocalRedirect(LocalAddress(returnTo));
            }

            var problem = answer.Verdict == SignInVerdict.CodeNeeded ? "Give the code of your second factor, too." : SignIn.Refusal;
            return Page(context, settings, returnTo, name, problem, StatusCodes.Status401Unauthorized);
        }
        catch (AuditException exception)
        {
            return Page(context, settings, returnTo, name, exception.Message, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, Sessions sessions, CancellationToken cancellationToken)
    {
        if (CallerClaims.CallerOf(context.User) is { SessionId: { } id } && await sessions.UseAsync(id, cancellationToken) is { } live)
            await sessions.EndAsync(live, context.Visit().Asker, cancellationToken);
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect(Path);
    }
}

/// <summary>Takes a form from a page of ours alone.</summary>
internal static class FormFilter
{
    public static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!http.Request.HasFormContentType || !await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http))
            return Results.Problem("The form is not from a page of this dashboard, or the page was open too long. Open it again and send it from there.", statusCode: StatusCodes.Status400BadRequest, title: "Refused");
        return await next(context);
    }
}
