namespace DndTracker;

/// <summary>Names the machine in every answer and writes a line for each request; good health checks would only drown the rest.</summary>
internal sealed partial class RequestLog(RequestDelegate next, TrackerSettings settings, TimeProvider time, ILogger<RequestLog> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers["X-Machine"] = settings.Machine;
        var started = time.GetTimestamp();

        await next(context);

        var status = context.Response.StatusCode;
        if (status != StatusCodes.Status200OK || !context.Request.Path.StartsWithSegments("/api/health", StringComparison.Ordinal))
            LogRequest(context.Request.Method, context.Request.Path, status, (int)time.GetElapsedTime(started).TotalMilliseconds);
    }

    [LoggerMessage(LogLevel.Information, "{Method} {Path} {Status} {Milliseconds} ms")]
    private partial void LogRequest(string method, PathString path, int status, int milliseconds);
}
