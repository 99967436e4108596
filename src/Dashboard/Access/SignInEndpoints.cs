using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Dashboard.Access;

/// <summary>
/// <c>POST /api/sign-in</c> and <c>/api/sign-out</c>. The body is JSON, which no other site's form can send, and whatever is wrong has one answer.
/// </summary>
internal static class SignInEndpoints
{
    private const int LongestBody = 16 * 1024;

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/sign-in", SignInAsync).AllowAnonymous().WithMetadata(new RequestSizeLimitAttribute(LongestBody));
        routes.MapPost("/api/sign-out", SignOutAsync).AllowAnonymous();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> SignInAsync(SignInBody body, HttpContext context, SignIn signIn, CancellationToken cancellationToken)
    {
        var asker = new Asker("unknown", "none", Door.Api, context.Connection.RemoteIpAddress?.ToString(), context.TraceIdentifier);
        SignInAnswer answer;
        try
        {
            answer = await signIn.TryAsync(new SignInTry(body.Name ?? string.Empty, body.Password ?? string.Empty, body.Code, asker), cancellationToken);
        }
        catch (AuditException exception)
        {
            return TypedResults.Problem(exception.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        if (answer.Verdict == SignInVerdict.CodeNeeded)
            return TypedResults.Problem("Give the code of the second factor, too.", statusCode: StatusCodes.Status401Unauthorized, title: "code needed");
        if (answer.Account is not { } account)
            return TypedResults.Problem(SignIn.Refusal, statusCode: StatusCodes.Status401Unauthorized);
        await context.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme, CallerClaims.Of(account, CookieAuthenticationDefaults.AuthenticationScheme), new AuthenticationProperties { IsPersistent = false });
        return TypedResults.NoContent();
    }

    private static async Task SignOutAsync(HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}

/// <summary>What somebody types to sign in.</summary>
internal sealed record SignInBody(string? Name, string? Password, string? Code)
{
    /// <summary>A record would print the password.</summary>
    public override string ToString() => "a sign-in";
}
