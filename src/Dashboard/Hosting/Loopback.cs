using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Dashboard.Hosting;

/// <summary>
/// Until there is a sign-in, only this machine's own pages may reach the buttons: the server listens on loopback,
/// answers to loopback names only (a foreign name that resolves here would be another site's), and refuses what another site's page sends.
/// </summary>
internal sealed class Loopback(RequestDelegate next)
{
    private static readonly string[] Names = ["localhost", "127.0.0.1", "[::1]"];

    public static void Listen(KestrelServerOptions kestrel, int port)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(IPAddress.Loopback, port);
        if (port != 0 && Socket.OSSupportsIPv6)
            kestrel.Listen(IPAddress.IPv6Loopback, port);
    }

    public Task InvokeAsync(HttpContext context)
    {
        if (!Names.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
            return RefuseAsync(context, "The dashboard answers to localhost only, until it has a sign-in.");
        if (IsForeign(context.Request))
            return RefuseAsync(context, "This request came from another site's page.");
        return next(context);
    }

    private static bool IsForeign(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) && !request.HttpContext.WebSockets.IsWebSocketRequest)
            return false;
        var origin = request.Headers.Origin.ToString();
        return request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"]
            || (origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}");
    }

    private static Task RefuseAsync(HttpContext context, string reason) =>
        Results.Problem(reason, statusCode: StatusCodes.Status403Forbidden, title: "Refused").ExecuteAsync(context);
}
