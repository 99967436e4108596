using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dashboard.Access;
using Dashboard.Api;

namespace Dashboard.Hosting;

/// <summary>
/// Takes what browsers report when the content policy kept something from a page (Content Security Policy 3 §5.3, <c>report-uri</c>), and logs it: a fault of
/// ours, an extension, or somebody's attempt. Nobody has to be signed in for it, so nothing of it is believed further than a line of the log.
/// </summary>
internal sealed partial class PolicyReports
{
    public const string Path = "/policy-reports";

    private const int LongestBody = 16_384;
    private const int LongestPlace = 200;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Path, TakeAsync).AllowAnonymous().RequireRateLimiting(RateLimits.Reports).ExcludeFromDescription();

    private static async Task<IResult> TakeAsync(HttpContext context, ILogger<PolicyReports> logger)
    {
        var read = await JsonBody.ReadAsync(context.Request, LongestBody, context.RequestAborted);
        if (read.IsTooLong)
            return Results.Problem(read.Problem, statusCode: StatusCodes.Status413PayloadTooLarge);
        if (JsonBody.NodesOf(read).Body?["csp-report"] is not JsonObject report)
            return Results.Problem("This is not a report of a content policy: it has no object 'csp-report'.", statusCode: StatusCodes.Status400BadRequest);
        var page = Uri.TryCreate(TextOf(report, "document-uri"), UriKind.Absolute, out var address) ? Short(address.AbsolutePath) : "a page";
        var blocked = Uri.TryCreate(TextOf(report, "blocked-uri"), UriKind.Absolute, out var source) ? Short(source.GetLeftPart(UriPartial.Path)) : WordOf(report, "blocked-uri");
        // The library of that page asks whether it may compile text, and goes without.
        if (blocked != "eval" || page.TrimEnd('/') != ApiDocument.PagePath)
            LogRefused(logger, blocked, page, WordOf(report, "effective-directive"));
        return Results.NoContent();
    }

    private static string TextOf(JsonObject report, string name) => report[name] is JsonValue value && value.TryGetValue(out string? text) ? text : string.Empty;

    /// <summary>A keyword, or that it was none: a stranger's text does not come into the log as it is.</summary>
    private static string WordOf(JsonObject report, string name) => TextOf(report, name) is var text && Word().IsMatch(text) ? text : "something";

    /// <summary>Without the query, which may hold a key.</summary>
    private static string Short(string place) => place.Length <= LongestPlace ? place : place[..LongestPlace];

    [GeneratedRegex("^[a-z-]{1,40}\\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [LoggerMessage(Level = LogLevel.Warning, Message = "A browser reports that the content policy kept {Blocked} from {Page} ({Directive}); unless it came from a visitor's extension, the page or the policy needs a change")]
    private static partial void LogRefused(ILogger logger, string blocked, string page, string directive);
}
