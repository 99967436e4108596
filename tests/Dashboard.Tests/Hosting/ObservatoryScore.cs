using System.Globalization;
using System.Text.RegularExpressions;

namespace Dashboard.Tests.Hosting;

/// <summary>
/// What HTTP Observatory would give one answer (table of mdn/mdn-http-observatory, <c>src/grader/charts.js</c>): 100, less for every fault, more for what
/// goes beyond. Being in browsers' preload list is not counted, as no answer can show it.
/// </summary>
internal static partial class ObservatoryScore
{
    private const int HalfAYear = 15_768_000;
    private static readonly string[] Broad = ["*", "http:", "https:", "ftp:", "http://*", "https://*", "http://*.*", "https://*.*"];
    private static readonly string[] Inline = ["'unsafe-inline'", "data:"];
    private static readonly string[] Private = ["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"];

    /// <param name="answer">By TLS.</param>
    /// <param name="clear">The same asked without.</param>
    public static int Of(HttpResponseMessage answer, string text, HttpResponseMessage clear)
    {
        var policy = PolicyOf(answer);
        return 100 + Policy(policy) + Cookies(answer) + Sharing(answer) + Redirection(clear) + Referrer(answer) + Transport(answer)
            + Integrity(answer, text) + (Header(answer, "X-Content-Type-Options") == "nosniff" ? 0 : -5) + Frames(answer, policy) + Resource(answer);
    }

    private static int Policy(Dictionary<string, string[]> policy)
    {
        if (policy.Count == 0)
            return -25;
        string[] Sources(string directive) => policy.GetValueOrDefault(directive) ?? policy.GetValueOrDefault("default-src") ?? ["*"];
        var (scripts, styles) = (Sources("script-src"), Sources("style-src"));
        if (scripts.Intersect([.. Broad, .. Inline]).Any() || Sources("object-src").Intersect(Broad).Any())
            return -20;
        if (policy.Where(directive => directive.Key is not ("img-src" or "media-src")).SelectMany(directive => directive.Value).Any(IsClear))
            return -20;
        if (scripts.Concat(styles).Contains("'unsafe-eval'") || Sources("img-src").Concat(Sources("media-src")).Any(IsClear))
            return -10;
        if (styles.Intersect([.. Broad, .. Inline]).Any())
            return 0;
        return policy.GetValueOrDefault("default-src") is ["'none'"] ? 10 : 5;
    }

    private static int Cookies(HttpResponseMessage answer)
    {
        if (!answer.Headers.TryGetValues("Set-Cookie", out var cookies))
            return 0;
        return cookies.All(cookie => Contains(cookie, "; secure") && Contains(cookie, "; httponly") && (Contains(cookie, "; samesite=strict") || Contains(cookie, "; samesite=lax"))) ? 5 : -40;
    }

    private static int Sharing(HttpResponseMessage answer) =>
        Header(answer, "Access-Control-Allow-Origin") is not null && Header(answer, "Access-Control-Allow-Credentials") is not null ? -50 : 0;

    private static int Redirection(HttpResponseMessage clear) =>
        clear.Headers.Location is { IsAbsoluteUri: true, Scheme: "https", Host: PublicDashboard.Name } ? 0 : -20;

    private static int Referrer(HttpResponseMessage answer) => Header(answer, "Referrer-Policy") switch
    {
        null => 0,
        { } policy when Private.Contains(policy) => 5,
        _ => -5,
    };

    private static int Transport(HttpResponseMessage answer)
    {
        if (Age().Match(Header(answer, "Strict-Transport-Security") ?? string.Empty) is not { Success: true } age)
            return -20;
        return int.Parse(age.Groups["seconds"].Value, CultureInfo.InvariantCulture) >= HalfAYear ? 0 : -10;
    }

    private static int Integrity(HttpResponseMessage answer, string text)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "text/html")
            return 0;
        var scripts = Script().Matches(text).Select(match => match.Value).ToList();
        if (scripts.Any(script => Elsewhere().IsMatch(script)))
            return -50;
        return scripts.Any(script => script.Contains("integrity=", StringComparison.Ordinal)) ? 5 : 0;
    }

    private static int Frames(HttpResponseMessage answer, Dictionary<string, string[]> policy)
    {
        if (policy.GetValueOrDefault("frame-ancestors") is { } ancestors && !ancestors.Intersect(Broad).Any())
            return 5;
        return Header(answer, "X-Frame-Options") is "DENY" or "SAMEORIGIN" ? 0 : -20;
    }

    private static int Resource(HttpResponseMessage answer) => Header(answer, "Cross-Origin-Resource-Policy") switch
    {
        "same-origin" or "same-site" => 10,
        "cross-origin" or null => 0,
        _ => -5,
    };

    private static Dictionary<string, string[]> PolicyOf(HttpResponseMessage answer) =>
        (Header(answer, "Content-Security-Policy") ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(directive => directive.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(words => words[0], words => words[1..], StringComparer.Ordinal);

    private static bool IsClear(string source) => source.StartsWith("http:", StringComparison.Ordinal) || source.StartsWith("ftp:", StringComparison.Ordinal);

    private static bool Contains(string cookie, string part) => cookie.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    [GeneratedRegex("max-age=(?<seconds>\\d+)", RegexOptions.None, 1000)]
    private static partial Regex Age();

    [GeneratedRegex("<script[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Script();

    [GeneratedRegex("src=\"(?:https?:)?//", RegexOptions.None, 1000)]
    private static partial Regex Elsewhere();
}
