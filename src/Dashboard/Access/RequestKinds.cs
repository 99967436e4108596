using Microsoft.AspNetCore.Authorization;

namespace Dashboard.Access;

/// <summary>What a request is, as far as it decides how somebody who may not is answered.</summary>
internal static class RequestKinds
{
    public static bool IsOpenToAll(this HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    /// <summary>A page that a browser shows; programs, circuits and scrapers want a status code.</summary>
    public static bool IsForPeople(this HttpContext context)
    {
        var path = context.Request.Path;
        return (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            && !path.StartsWithSegments("/api", StringComparison.Ordinal)
            && !path.StartsWithSegments("/_blazor", StringComparison.Ordinal)
            && !path.StartsWithSegments("/metrics", StringComparison.Ordinal);
    }
}
