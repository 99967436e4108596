using System.Net;
using System.Net.Sockets;
using Dashboard.Operations.Configuration;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Dashboard.Hosting;

/// <summary>
/// Who is listened to: without a public address this machine alone, by loopback's names (a foreign name that resolves here would be another site's); with one,
/// what comes for that name. What another site's page sends is refused in both.
/// </summary>
internal sealed class HostRules(RequestDelegate next, AccessSettings settings)
{
    private static readonly string[] LoopbackNames = ["localhost", "127.0.0.1", "[::1]"];

    public static void Listen(KestrelServerOptions kestrel, int port, AccessSettings settings)
    {
        kestrel.AddServerHeader = false;
        if (settings.PublicAddress is not null)
        {
            kestrel.ListenAnyIP(port);
            return;
        }

        kestrel.Listen(IPAddress.Loopback, port);
        if (port != 0 && Socket.OSSupportsIPv6)
            kestrel.Listen(IPAddress.IPv6Loopback, port);
    }

    /// <summary>Behind a proxy: from it alone is taken from where somebody comes, and that he came by TLS.</summary>
    public static void Forward(WebApplication web, AccessSettings settings)
    {
        if (settings.PublicAddress is null)
            return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = 1, ForwardedForHeaderName = settings.ClientAddressHeader };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in settings.TrustedProxies)
            options.KnownIPNetworks.Add(network);
        web.UseForwardedHeaders(options);
    }

    public Task InvokeAsync(HttpContext context)
    {
        if (!IsOurName(context))
            return RefuseAsync(context, settings.PublicAddress is { } address ? $"The dashboard answers to {address.Host} only." : "The dashboard answers to localhost only; access.publicAddress gives it another name.");
        if (settings.PublicAddress is { } ours && !context.Request.IsHttps && !IsAboutLife(context.Request))
            return SecureAsync(context, ours);
        if (IsForeign(context.Request))
            return RefuseAsync(context, "This request came from another site's page.");
        return next(context);
    }

    /// <summary>The platform's own checks ask a machine by its number whether it lives, and learn nothing else.</summary>
    private bool IsOurName(HttpContext context)
    {
        var host = context.Request.Host;
        return settings.PublicAddress is { } address
            ? string.Equals(host.Host, address.Host, StringComparison.OrdinalIgnoreCase) || IsAboutLife(context.Request)
            : LoopbackNames.Contains(host.Host, StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsAboutLife(HttpRequest request) => request.Path.StartsWithSegments("/live", StringComparison.Ordinal);

    private bool IsForeign(HttpRequest request)
    {
        // The feature that would say so comes only with the endpoint.
        var isSocket = HttpMethods.IsConnect(request.Method) || request.Headers.Upgrade.Contains("websocket", StringComparer.OrdinalIgnoreCase);
        if ((HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !isSocket)
            return false;
        var origin = request.Headers.Origin.ToString();
        return request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"]
            || (origin.Length > 0 && origin != OriginOf(request))
            || (origin.Length == 0 && (isSocket || IsByCookie(request)));
    }

    /// <summary>Browsers say from where they send; a program that carries a cookie by hand is none that we know.</summary>
    private static bool IsByCookie(HttpRequest request) => request.Cookies.Count > 0 && request.Headers["Sec-Fetch-Site"] is not ["same-origin"];

    private string OriginOf(HttpRequest request) => settings.PublicAddress is { } address ? address.GetLeftPart(UriPartial.Authority) : $"{request.Scheme}://{request.Host}";

    /// <summary>Nothing is answered in the clear; a page is led to where it is answered.</summary>
    private static Task SecureAsync(HttpContext context, Uri ours)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return RefuseAsync(context, "The dashboard answers by TLS only; if it stands behind a proxy, name the proxy's network in access.trustedProxies.");
        context.Response.Redirect($"{ours.GetLeftPart(UriPartial.Authority)}{context.Request.Path}{context.Request.QueryString}", permanent: true, preserveMethod: true);
        return Task.CompletedTask;
    }

    private static Task RefuseAsync(HttpContext context, string reason) =>
        Results.Problem(reason, statusCode: StatusCodes.Status403Forbidden, title: "Refused").ExecuteAsync(context);
}
