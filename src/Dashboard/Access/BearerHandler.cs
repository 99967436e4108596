using System.Text.Encodings.Web;
using Dashboard.Operations.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Dashboard.Access;

/// <summary>Signs a request in by its API token, looked up anew each time: a revoked one is over at once.</summary>
internal sealed class BearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Bearer";
    private const string Prefix = SchemeName + " ";

    public static bool IsMeant(HttpRequest request) => request.Headers.ContainsKey(HeaderNames.Authorization);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (Context.IsOpenToAll() || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        var token = await tokens.FindAsync(header[Prefix.Length..].Trim(), Context.Source(), Context.RequestAborted);
        return token is null
            ? AuthenticateResult.Fail("The API token is not known, or it is over.")
            : AuthenticateResult.Success(new AuthenticationTicket(CallerClaims.Of(token, SchemeName), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = SchemeName;
        return Task.CompletedTask;
    }
}
