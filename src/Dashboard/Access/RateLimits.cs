using System.Globalization;
using System.Threading.RateLimiting;
using Dashboard.Operations.Access;

namespace Dashboard.Access;

/// <summary>How often one address may ask for what nobody has to sign in for; what is beyond has to wait a minute.</summary>
internal static class RateLimits
{
    public const string SignIn = "sign-in";
    public const string Open = "open";
    public const string Reports = "reports";

    private const int SignInsAMinute = 120;

    /// <summary>A reader of the status page asks twice a minute; many readers may share one address.</summary>
    private const int ReadsAMinute = 12_000;

    /// <summary>Each is a line in the log; a page that is broken says the same again and again.</summary>
    private const int ReportsAMinute = 20;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static IServiceCollection AddRateLimits(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.AddPolicy(SignIn, context => Of(context, SignInsAMinute));
        limiter.AddPolicy(Open, context => Of(context, ReadsAMinute));
        limiter.AddPolicy(Reports, context => Of(context, ReportsAMinute));
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = Window.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            await Results.Problem("Too many requests from this address. Wait a minute.", statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests").ExecuteAsync(rejected.HttpContext);
        };
    });

    private static RateLimitPartition<string> Of(HttpContext context, int permits) => RateLimitPartition.GetFixedWindowLimiter(
        SourceNetwork.Of(context.Connection.RemoteIpAddress), _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = Window, QueueLimit = 0 });
}
