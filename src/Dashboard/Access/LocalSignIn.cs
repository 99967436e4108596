using System.Security.Cryptography;
using System.Text;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;

namespace Dashboard.Access;

/// <summary>
/// The link that the start prints in local mode: whoever sees the terminal is the administrator. It is good while this process lives and is kept in its memory
/// alone; the server listens on loopback only.
/// </summary>
internal sealed class LocalSignIn
{
    public const string Path = "/sign-in/local";

    /// <summary>Who presses the buttons of a dashboard that somebody tries out.</summary>
    public const string AccountName = "local operator";

    private readonly string _key = RandomNumberGenerator.GetHexString(48, lowercase: true);

    public string Link => $"{Path}?key={_key}";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Path, SignInAsync).AllowAnonymous().ExcludeFromDescription().RequireRateLimiting(RateLimits.SignIn);

    private static async Task<IResult> SignInAsync(string? key, HttpContext context, LocalSignIn local, AccountBook accounts, CancellationToken cancellationToken)
    {
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key ?? string.Empty), Encoding.UTF8.GetBytes(local._key)))
            return Results.LocalRedirect(SignInPages.Path);
        var asker = context.Newcomer(AccountName);
        var answer = await accounts.VouchAsync(AccountBook.LocalVoucher, AccountName, Role.Administrator, asker, cancellationToken);
        if (answer.Account is not { } account)
            return Results.Problem(answer.Problem, statusCode: StatusCodes.Status403Forbidden);
        await context.BeginSessionAsync(account, asker);
        return Results.LocalRedirect("/");
    }
}
