using Dashboard.Operations.Access;
using Dashboard.Operations.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Dashboard.Access;

/// <summary>Looks the cookie's session up at each request: after a sign-out, a change of rights or of the password, or when he was disabled, it is over.</summary>
internal sealed class CookieSession(Sessions sessions, SessionRoll roll) : CookieAuthenticationEvents
{
    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        // Where nobody is asked who he is, nothing is looked up, and nothing of it can fail.
        if (context.HttpContext.IsOpenToAll())
        {
            context.RejectPrincipal();
            return;
        }

        var text = context.Principal?.FindFirst(CallerClaims.SessionText)?.Value;
        if (text is not null && await FindAsync(Sessions.IdOf(text), context.HttpContext.RequestAborted) is { } live)
        {
            context.ReplacePrincipal(CallerClaims.Of(live, context.Scheme.Name));
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
    }

    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context) => AnswerAsync(context, StatusCodes.Status401Unauthorized, base.RedirectToLogin);

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context) => AnswerAsync(context, StatusCodes.Status403Forbidden, base.RedirectToAccessDenied);

    /// <summary>While the database is away, pages go on to be shown to whom they were shown; acting needs the database anyway.</summary>
    private async Task<LiveSession?> FindAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var live = await sessions.UseAsync(id, cancellationToken);
            roll.Saw(id, live);
            return live;
        }
        catch (Exception exception) when (StoreFailure.Is(exception) && roll.LastKnown(id) is not null)
        {
            return roll.LastKnown(id);
        }
    }

    /// <summary>A page leads a person to the sign-in; a program wants the number.</summary>
    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status, Func<RedirectContext<CookieAuthenticationOptions>, Task> redirect)
    {
        if (context.HttpContext.IsForPeople())
            return redirect(context);
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
