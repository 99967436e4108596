using Dashboard.Operations.Configuration;
using Scalar.AspNetCore;

namespace Dashboard.Hosting;

/// <summary>
/// What every answer tells a browser: scripts of our own files alone, no frame around us, nothing about us to other sites, and TLS for good. What has
/// stricter words of its own, as the status page, keeps them.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next, AccessSettings settings)
{
    private const string Year = "max-age=31536000; includeSubDomains";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(
            static state =>
            {
                var (http, isSecured, isJobs) = ((HttpContext, bool, bool))state;
                Set(http, isSecured, isJobs);
                return Task.CompletedTask;
            },
            (context, settings.PublicAddress is not null, context.Request.Path.StartsWithSegments(DashboardApp.JobsPath, StringComparison.Ordinal)));
        return next(context);
    }

    private static void Set(HttpContext context, bool isSecured, bool isJobs)
    {
        var headers = context.Response.Headers;
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = PolicyOf(context, isJobs);
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";

        // With none at all a browser would not say either from where our own forms come.
        headers.TryAdd("Referrer-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers.TryAdd("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
        if (isSecured)
            headers.StrictTransportSecurity = Year;
    }

    /// <summary>
    /// An element may say its own width and colour, because MudBlazor's and our charts' do; no page brings a style sheet within. <c>base-uri</c> is our own,
    /// because Blazor needs the page's base. The pages of libraries write style sheets as they go, and the one that describes the HTTP interface is started by
    /// a script in the page itself, to which its library gives a word of its own at each request.
    /// </summary>
    private static string PolicyOf(HttpContext context, bool isJobs)
    {
        var nonce = context.Items[ScalarOptions.NonceHttpContextItemKey] as string;
        var scripts = nonce is null ? "'self'" : $"'self' 'nonce-{nonce}'";
        var styles = nonce is not null || isJobs
            ? "style-src 'self' 'unsafe-inline'"
            : "style-src 'self'; style-src-attr 'unsafe-inline'";
        return $"default-src 'none'; script-src {scripts}; {styles}; img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; report-uri {PolicyReports.Path}";
    }
}
