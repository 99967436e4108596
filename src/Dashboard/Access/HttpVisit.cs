using System.Net;
using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Running;

namespace Dashboard.Access;

/// <summary>Who comes, over HTTP.</summary>
internal static class HttpVisit
{
    public static Visit Visit(this HttpContext context) => new(CallerClaims.CallerOf(context.User), Door.Api, context.Source(), context.TraceIdentifier);

    /// <summary>A person on one of the pages that come before a sign-in.</summary>
    /// <param name="name">Who he is as somebody vouches for him, never as he says himself; null when nobody does.</param>
    public static Asker Newcomer(this HttpContext context, string? name = null)
    {
        var asker = context.Visit().Asker with { Door = Door.Button };
        return name is null ? asker : asker with { Actor = name };
    }

    /// <summary>The address from which somebody comes, in its shortest form.</summary>
    public static string? Source(this HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        IPAddress address => address.ToString(),
        null => null,
    };
}
