using Dashboard.Operations.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace Dashboard.Api;

/// <summary>Turns a database that does not answer into a 503 that says so, instead of an error nobody can act on.</summary>
internal sealed class StoreAwayHandler(StoreState store) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!StoreFailure.Is(exception))
            return false;

        store.Failed(exception);
        httpContext.Response.Headers.RetryAfter = "5";
        await Results.Problem(
            "The dashboard's database does not answer. Nothing was queued; try again when it is back.",
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "Database away").ExecuteAsync(httpContext);
        return true;
    }
}
