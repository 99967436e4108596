using System.Security.Claims;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;

namespace Dashboard.Access;

/// <summary>Who is signed in, as a request carries it; what is not whole is nobody.</summary>
internal static class CallerClaims
{
    /// <summary>The text by which a cookie finds its session; in the protected cookie alone.</summary>
    public const string SessionText = "session";

    private const string SessionId = "sessionId";
    private const string AccountId = "account";
    private const string TokenId = "token";
    private const string RoleName = "role";
    private const string Environment = "environment";
    private const string IsLimited = "limited";
    private const string From = "from";

    /// <summary>What the cookie holds; everything else is looked up at each request.</summary>
    public static ClaimsPrincipal OfSession(string text, string scheme) => new(new ClaimsIdentity([new Claim(SessionText, text)], scheme));

    public static ClaimsPrincipal Of(LiveSession live, string scheme) =>
        Of(live.Caller, scheme, [new Claim(AccountId, live.Account.Id), new Claim(SessionId, live.Session.Id), .. live.Session.From is { } from ? new[] { new Claim(From, from) } : []]);

    public static ClaimsPrincipal Of(ApiToken token, string scheme) => Of(token.Caller, scheme, [new Claim(TokenId, token.Id)]);

    public static Caller? CallerOf(ClaimsPrincipal principal)
    {
        if (principal.Identity is not ClaimsIdentity { IsAuthenticated: true, Name: { } name } identity || !RoleWords.TryRead(identity.FindFirst(RoleName)?.Value, out var role))
            return null;
        return new Caller(name, role, identity.HasClaim(IsLimited, "yes") ? [.. identity.FindAll(Environment).Select(claim => claim.Value)] : null)
        {
            AccountId = identity.FindFirst(AccountId)?.Value,
            SessionId = identity.FindFirst(SessionId)?.Value,
            TokenId = identity.FindFirst(TokenId)?.Value,
        };
    }

    /// <summary>From where the sign-in was made.</summary>
    public static string? FromOf(ClaimsPrincipal principal) => principal.FindFirst(From)?.Value;

    private static ClaimsPrincipal Of(Caller caller, string scheme, IEnumerable<Claim> more) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, caller.Name),
            new Claim(RoleName, caller.Role.Word()),
            .. caller.Environments is null ? Array.Empty<Claim>() : [new Claim(IsLimited, "yes"), .. caller.Environments.Select(name => new Claim(Environment, name))],
            .. more,
        ],
        scheme,
        ClaimTypes.Name,
        RoleName));
}
