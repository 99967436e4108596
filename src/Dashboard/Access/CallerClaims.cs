using System.Security.Claims;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;

namespace Dashboard.Access;

/// <summary>Who is signed in, as a request carries it; what is not whole is nobody.</summary>
internal static class CallerClaims
{
    public const string AccountId = "account";
    public const string SecurityStamp = "stamp";
    private const string RoleName = "role";
    private const string Environment = "environment";
    private const string IsLimited = "limited";

    public static ClaimsPrincipal Of(Account account, string scheme) => Of(account.Caller, scheme, [new Claim(AccountId, account.Id), new Claim(SecurityStamp, account.SecurityStamp)]);

    public static ClaimsPrincipal Of(ApiToken token, string scheme) => Of(token.Caller, scheme, []);

    public static Caller? CallerOf(ClaimsPrincipal principal)
    {
        if (principal.Identity is not ClaimsIdentity { IsAuthenticated: true, Name: { } name } identity || !RoleWords.TryRead(identity.FindFirst(RoleName)?.Value, out var role))
            return null;
        return new Caller(name, role, identity.HasClaim(IsLimited, "yes") ? [.. identity.FindAll(Environment).Select(claim => claim.Value)] : null);
    }

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
