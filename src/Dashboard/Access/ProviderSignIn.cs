using System.Security.Claims;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Dashboard.Access;

/// <summary>Sign-in by an OpenID Connect provider: it says who somebody is and to what he belongs there, and the configuration says what that is here.</summary>
internal static class ProviderSignIn
{
    private const string Scheme = OpenIdConnectDefaults.AuthenticationScheme;
    private const string Callback = "/sign-in/callback";

    public static void AddProvider(this AuthenticationBuilder schemes, OpenIdConnectSettings settings, CookieNames cookies) => schemes.AddOpenIdConnect(Scheme, provider =>
    {
        provider.Authority = settings.Authority.ToString();
        provider.ClientId = settings.ClientId;
        provider.ClientSecret = settings.ClientSecret;
        provider.RequireHttpsMetadata = !settings.Authority.IsLoopback;
        provider.ResponseType = OpenIdConnectResponseType.Code;
        provider.ResponseMode = OpenIdConnectResponseMode.Query;
        provider.UsePkce = true;
        provider.MapInboundClaims = false;
        provider.GetClaimsFromUserInfoEndpoint = true;
        provider.ClaimActions.MapJsonKey(settings.RoleClaim, settings.RoleClaim);
        provider.SaveTokens = false;
        provider.Scope.Add("email");
        provider.CallbackPath = Callback;

        // The provider sends people back from its own site, with which a strict cookie would not come.
        cookies.Apply(provider.CorrelationCookie, CookieNames.Provider, SameSiteMode.Lax);
        cookies.Apply(provider.NonceCookie, CookieNames.ProviderNonce, SameSiteMode.Lax);
        provider.Events = new OpenIdConnectEvents { OnTicketReceived = context => ReceiveAsync(context, settings), OnRemoteFailure = FailAsync };
    });

    public static void MapProvider(this IEndpointRouteBuilder routes) => routes.MapPost(SignInPages.ProviderPath, async (HttpContext context, CancellationToken cancellationToken) =>
        {
            var form = await context.Request.ReadFormAsync(cancellationToken);
            return Results.Challenge(new AuthenticationProperties { RedirectUri = SignInPages.LocalAddress(form["returnTo"]) }, [Scheme]);
        })
        .AllowAnonymous().ExcludeFromDescription().RequireRateLimiting(RateLimits.SignIn).AddEndpointFilter(FormFilter.CheckAsync).DisableAntiforgery();

    /// <summary>The highest of the roles that the provider's words are here; null when none of them is one.</summary>
    internal static Role? RoleOf(ClaimsPrincipal principal, OpenIdConnectSettings settings) => principal.FindAll(settings.RoleClaim)
        .Where(claim => settings.Roles.ContainsKey(claim.Value))
        .Select(claim => (Role?)settings.Roles[claim.Value])
        .Max();

    private static async Task ReceiveAsync(TicketReceivedContext context, OpenIdConnectSettings settings)
    {
        context.HandleResponse();
        var http = context.HttpContext;
        var principal = context.Principal ?? new ClaimsPrincipal();
        var problem = await BeginAsync(http, principal, settings);
        var result = problem is null
            ? new RazorComponentResult<OnwardDocument>(new { To = SignInPages.LocalAddress(context.ReturnUri) })
            : SignInPages.Page(http, http.RequestServices.GetRequiredService<Settings>(), context.ReturnUri, name: null, problem, StatusCodes.Status403Forbidden);
        await result.ExecuteAsync(http);
    }

    /// <summary>Null when he is signed in, else why not.</summary>
    private static async Task<string?> BeginAsync(HttpContext http, ClaimsPrincipal principal, OpenIdConnectSettings settings)
    {
        var services = http.RequestServices;
        var name = principal.FindFirst("name")?.Value ?? principal.FindFirst("preferred_username")?.Value ?? principal.FindFirst("email")?.Value ?? string.Empty;
        var subject = principal.FindFirst("sub");
        var asker = http.Newcomer(name.Length == 0 ? "unknown" : name);
        try
        {
            if (subject is null || RoleOf(principal, settings) is not { } role)
            {
                await services.GetRequiredService<AuditTrail>().AppendAsync(asker.Fact("sign-in", asker.Actor) with { Outcome = AuditOutcome.Refused }, http.RequestAborted);
                return $"{settings.Title} vouches for you, but for nothing that is a role here. Ask an administrator.";
            }

            var answer = await services.GetRequiredService<AccountBook>().VouchAsync($"{subject.Issuer} {subject.Value}", name, role, asker, http.RequestAborted);
            if (answer.Account is not { } account)
                return answer.Problem;
            await http.BeginSessionAsync(account, asker with { Actor = account.Name });
            return null;
        }
        catch (AuditException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Said without what the provider said: that may hold anything.</summary>
    private static Task FailAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        var http = context.HttpContext;
        http.RequestServices.GetRequiredService<AuditTallies>().Note(
            http.Newcomer("unknown").Fact("sign-in", "unknown") with { Outcome = AuditOutcome.Refused, Reason = "the provider did not sign him in, or it took too long" },
            SourceNetwork.Of(http.Connection.RemoteIpAddress),
            Sightings.Span);
        return SignInPages.Page(
            http, http.RequestServices.GetRequiredService<Settings>(), "/", name: null, "The provider did not sign you in, or it took too long. Try it again.", StatusCodes.Status403Forbidden).ExecuteAsync(http);
    }
}
