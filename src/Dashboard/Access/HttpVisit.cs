using System.Net;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;

namespace Dashboard.Access;

/// <summary>Who comes, over HTTP.</summary>
internal static class HttpVisit
{
    public static Visit Visit(this HttpContext context) => new(CallerClaims.CallerOf(context.User), Door.Api, context.Source(), context.TraceIdentifier);

    /// <summary>The address from which somebody comes, in its shortest form.</summary>
    public static string? Source(this HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        IPAddress address => address.ToString(),
        null => null,
    };
}
