using Dashboard.Operations.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Dashboard.Access;

/// <summary>Compares the cookie with the account at each request: after a change of rights or of the password, or when it was disabled, the sign-in is over.</summary>
internal sealed class CookieSession(AccountBook accounts) : CookieAuthenticationEvents
{
    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        var (id, stamp) = (context.Principal?.FindFirst(CallerClaims.AccountId)?.Value, context.Principal?.FindFirst(CallerClaims.SecurityStamp)?.Value);
        if (id is not null && stamp is not null && await accounts.CurrentAsync(id, stamp, context.HttpContext.RequestAborted) is not null)
            return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
    }

    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context) => AnswerAsync(context, StatusCodes.Status401Unauthorized, base.RedirectToLogin);

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context) => AnswerAsync(context, StatusCodes.Status403Forbidden, base.RedirectToAccessDenied);

    /// <summary>A page leads a person to the sign-in; a program wants the number.</summary>
    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status, Func<RedirectContext<CookieAuthenticationOptions>, Task> redirect)
    {
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
            return redirect(context);
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
