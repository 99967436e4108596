using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace Dashboard.Api;

/// <summary>Turns what is no fault of the program into the answer that says so: a database that does not answer, a trail that cannot be written, somebody who may not.</summary>
internal sealed class RefusalHandler(StoreState store) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, title) = exception switch
        {
            AccessRefusedException => (StatusCodes.Status403Forbidden, "Not allowed"),
            AuditException => (StatusCodes.Status503ServiceUnavailable, "The audit trail cannot be written"),
            _ => (0, string.Empty),
        };
        if (status != 0)
        {
            await Results.Problem(exception.Message, statusCode: status, title: title).ExecuteAsync(httpContext);
            return true;
        }

        if (!StoreFailure.Is(exception))
            return false;

        store.Failed(exception);
        if (MonitoringEndpoints.IsMeant(httpContext.Request))
        {
            await MonitoringEndpoints.Away(httpContext.Response).ExecuteAsync(httpContext);
            return true;
        }

        httpContext.Response.Headers.RetryAfter = "5";
        await Results.Problem(
            "The dashboard's database does not answer. Nothing was queued; try again when it is back.",
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "Database away").ExecuteAsync(httpContext);
        return true;
    }
}
