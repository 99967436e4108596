using System.Globalization;
using DndTracker.Pages;

namespace DndTracker.Maintenance;

/// <summary>Answers every page with 503 while maintenance is on; health is not a page and stays as it is.</summary>
internal sealed class MaintenanceGate(RequestDelegate next, MaintenanceMode maintenance, IConfiguration variables, TimeProvider time)
{
    // For operators whose way is a release: it is on for as long as this process runs, whatever the database says.
    private readonly bool _isReleased = string.Equals(variables["MAINTENANCE_MODE"], "true", StringComparison.OrdinalIgnoreCase);

    private const int DefaultRetrySeconds = 300;

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/api/health", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        var notice = await maintenance.GetAsync(context.RequestAborted);
        if (!notice.IsOn && !_isReleased)
        {
            await next(context);
            return;
        }

        var left = notice.Until - time.GetUtcNow();
        var seconds = left > TimeSpan.Zero ? (int)Math.Ceiling(left.Value.TotalSeconds) : DefaultRetrySeconds;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.CacheControl = "no-store";
        await Page.WriteAsync<NoticePage>(
            context, StatusCodes.Status503ServiceUnavailable,
            (nameof(NoticePage.Heading), "Down for maintenance"),
            (nameof(NoticePage.Text), notice.Message.Length > 0 ? notice.Message : "We are working on the D&D Tracker and will be back soon."),
            (nameof(NoticePage.Until), left > TimeSpan.Zero ? notice.Until : null));
    }
}
