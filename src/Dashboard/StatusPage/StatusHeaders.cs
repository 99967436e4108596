using System.Security.Cryptography;
using Dashboard.Hosting;
using Microsoft.Net.Http.Headers;

namespace Dashboard.StatusPage;

/// <summary>How everything public is answered: cached for seconds, with a tag by which nothing is sent twice, and with nothing that a browser could be led to do.</summary>
internal static class StatusHeaders
{
    /// <summary>Style and pictures of our own, and nothing else: no script, no frame, and no form but where there is one.</summary>
    private const string Policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; report-uri " + PolicyReports.Path;

    private const string PolicyOfForms = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; report-uri " + PolicyReports.Path;

    private const string Cached = "public, max-age=2, stale-if-error=86400";

    /// <param name="isShared">Other sites may read it: feeds, JSON, badges.</param>
    private static void Secure(HttpResponse response, bool isShared, bool hasForm)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = hasForm ? PolicyOfForms : Policy;
        headers.XContentTypeOptions = "nosniff";

        // With no-referrer a browser would send our own form as if from nowhere (Origin: null), and it would be refused as another site's.
        headers["Referrer-Policy"] = hasForm ? "same-origin" : "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers["Cross-Origin-Resource-Policy"] = isShared ? "cross-origin" : "same-origin";
        if (isShared)
            headers.AccessControlAllowOrigin = "*";
    }

    public static async Task SendAsync(HttpContext context, StatusBody body, bool isAway)
    {
        var response = context.Response;
        Secure(response, body.IsShared, body.HasForm);
        response.Headers.CacheControl = Cached;
        response.Headers.ETag = body.Tag;
        if (isAway)
            response.Headers.RetryAfter = "5";
        if (Matches(context.Request, body.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = body.ContentType;
        response.ContentLength = body.Bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body.Bytes, context.RequestAborted);
    }

    /// <summary>What is nobody else's to keep.</summary>
    public static async Task SendPlainAsync(HttpContext context, StatusBody body, int code)
    {
        var response = context.Response;
        Secure(response, isShared: false, body.HasForm);
        response.StatusCode = code;
        response.Headers.CacheControl = "no-store";
        response.ContentType = body.ContentType;
        response.ContentLength = body.Bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body.Bytes, context.RequestAborted);
    }

    private static bool Matches(HttpRequest request, string tag) =>
        request.Headers.IfNoneMatch.Count > 0
        && EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var tags)
        && tags.Any(one => one.Tag == "*" || one.Tag == tag);
}

/// <summary>One public answer, made once for a snapshot.</summary>
/// <param name="IsShared">Other sites may read it.</param>
/// <param name="HasForm">It may send what is typed into it to us.</param>
internal sealed record StatusBody(byte[] Bytes, string ContentType, bool IsShared, bool HasForm = false)
{
    public string Tag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(Bytes))[..24]}\"";
}
