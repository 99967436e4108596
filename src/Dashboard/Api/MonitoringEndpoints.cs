using System.Globalization;
using Dashboard.Access;
using Dashboard.Operations.Access;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Storage;
using Microsoft.AspNetCore.Http.Extensions;

namespace Dashboard.Api;

/// <summary><c>/api/monitoring/deployment</c> with the original's fields, order, units and codes, and some parameters that it had not.</summary>
public static class MonitoringEndpoints
{
    private const string Path = "/api/monitoring/deployment";

    public static void MapMonitoring(this IEndpointRouteBuilder routes)
    {
        var monitoring = routes.MapGroup(Path).WithTags("Monitoring").AddEndpointFilter(AnswerInTheContractsShapeAsync);
        monitoring.MapGet(string.Empty, GetAsync).RequireAuthorization(AccessPolicies.ReadFigures).RequireRateLimiting(RateLimits.Open).WithSummary("action = stats (default), metrics (format = json, csv), alerts, health; environment, from, to, week, limit, after.");
        monitoring.MapPost(string.Empty, MonitoringPosts.PostAsync)
            .WithSummary("action = metric or resolve-alert, with data; an Idempotency-Key makes a repeat harmless.")
            // Of any kind, as the original took it: a plain curl -d sends a form's.
            .Accepts<MonitoringPosts.Body>("application/json", "*/*")
            .RequireAuthorization(AccessPolicies.Somebody)
            .DisableAntiforgery();
    }

    internal static string TextOf(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    internal static bool IsMeant(HttpRequest request) => request.Path.StartsWithSegments(Path, StringComparison.Ordinal);

    internal static IResult Away(HttpResponse response)
    {
        response.Headers.RetryAfter = "5";
        return Refuse(StatusCodes.Status503ServiceUnavailable, "The dashboard's database does not answer. Nothing was recorded; send it again when it is back, with the same Idempotency-Key.");
    }

    internal static IResult Refuse(int status, string error) => Results.Json(new { success = false, error }, statusCode: status);

    /// <summary>Errors of this path are <c>{success: false, error}</c>, those of a database that is away and of a broken request too.</summary>
    private static async ValueTask<object?> AnswerInTheContractsShapeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var response = context.HttpContext.Response;
        try
        {
            return await next(context);
        }
        catch (Exception exception) when (StoreFailure.Is(exception) && !response.HasStarted)
        {
            context.HttpContext.RequestServices.GetRequiredService<StoreState>().Failed(exception);
            response.Clear();
            return Away(response);
        }
        catch (AuditException exception) when (!response.HasStarted)
        {
            response.Headers.RetryAfter = "5";
            return Refuse(StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
        catch (AccessRefusedException exception)
        {
            return Refuse(StatusCodes.Status403Forbidden, exception.Message);
        }
        catch (BadHttpRequestException exception) when (!response.HasStarted)
        {
            return Refuse(exception.StatusCode, "The request cannot be read.");
        }
    }

    private static async Task<IResult> GetAsync(HttpContext context, MonitoringSettings settings, MetricRetention retention, TimeProvider time, CancellationToken cancellationToken)
    {
        var (query, error) = MonitoringQuery.Read(context.Request.Query);
        if (query is null)
            return Refuse(StatusCodes.Status400BadRequest, error);
        return query.Action switch
        {
            "stats" => await StatsAsync(query, context.RequestServices, time, cancellationToken),
            "metrics" when !settings.Export.Enabled || !settings.Export.Formats.Contains(query.Format, StringComparer.Ordinal) =>
                Refuse(StatusCodes.Status403Forbidden, $"Metrics are not given out as {query.Format}: metrics.export in config/monitoring.json does not allow it."),
            "metrics" when query.Week is { } week && week.From < retention.OldestEvent =>
                Refuse(StatusCodes.Status410Gone, $"The single events of {week} are no longer kept (metrics.retention.days in config/monitoring.json); the figures of that week still are."),
            "metrics" => await MetricsAsync(query, context, cancellationToken),
            "alerts" => await AlertsAsync(query, context, cancellationToken),
            "health" => await HealthAsync(query, context.RequestServices.GetRequiredService<MonitorHealth>(), time, cancellationToken),
            _ => Refuse(StatusCodes.Status400BadRequest, $"Invalid action: {query.Action}. There are stats, metrics, alerts, health."),
        };
    }

    private static async Task<IResult> StatsAsync(MonitoringQuery query, IServiceProvider services, TimeProvider time, CancellationToken cancellationToken)
    {
        var isAlways = query is { From: null, To: null };
        var window = isAlways ? MetricWindow.Always(query.Environment) : new MetricWindow(query.Environment, query.From ?? DateTimeOffset.UnixEpoch, query.To ?? time.GetUtcNow());
        var stats = await services.GetRequiredService<DeploymentFigures>().ReadStatsAsync(window, isAlways, cancellationToken);
        return Results.Json(new
        {
            success = true,
            data = new
            {
                stats.Environment,
                stats.DeploymentCount,
                stats.SuccessfulDeployments,
                stats.SuccessRate,
                stats.AverageDeploymentTime,
                stats.AverageMigrationTime,
                stats.TotalAlerts,
                stats.ActiveAlerts,
                lastDeployment = stats.LastDeployment is { } last ? TextOf(last) : null,
            },
        });
    }

    private static async Task<IResult> MetricsAsync(MonitoringQuery query, HttpContext context, CancellationToken cancellationToken)
    {
        if (query.Format == "csv")
        {
            context.Response.ContentType = MetricsCsv.ContentType;
            context.Response.Headers.ContentDisposition = $"attachment; filename={MetricsCsv.FileName}";
            await context.RequestServices.GetRequiredService<MetricsCsv>().WriteAsync(context.Response.Body, query.Events, cancellationToken);
            return Results.Empty;
        }

        var events = context.RequestServices.GetRequiredService<EventReader>();
        if (query.Limit is not { } limit)
        {
            context.Response.ContentType = MetricsJson.ContentType;
            await MetricsJson.WriteAsync(context.Response.Body, events.ReadAsync(query.Events, cancellationToken), cancellationToken);
            return Results.Empty;
        }

        var page = await FirstAsync(events, query.Events, limit + 1, cancellationToken);
        if (page.Count > limit)
            context.Response.Headers.Link = $"<{Path}{NextPage(context.Request.Query, new EventMark(page[limit - 1].At, page[limit - 1].Id))}>; rel=\"next\"";
        context.Response.ContentType = MetricsJson.ContentType;
        await MetricsJson.WriteAsync(context.Response.Body, new[] { page.GetRange(0, Math.Min(limit, page.Count)) }.ToAsyncEnumerable(), cancellationToken);
        return Results.Empty;
    }

    private static async Task<List<EventRow>> FirstAsync(EventReader events, EventQuery query, int count, CancellationToken cancellationToken)
    {
        var page = new List<EventRow>();
        await foreach (var rows in events.ReadAsync(query, cancellationToken))
        {
            page.AddRange(rows.Take(count - page.Count));
            if (page.Count == count)
                break;
        }

        return page;
    }

    private static string NextPage(IQueryCollection query, EventMark last)
    {
        var next = new QueryBuilder();
        foreach (var key in MonitoringQuery.Keys.Where(key => key != "after" && query.ContainsKey(key)))
            next.Add(key, query[key].ToString());
        next.Add("after", last.ToString());
        return next.ToString();
    }

    private static async Task<IResult> AlertsAsync(MonitoringQuery query, HttpContext context, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? 100;
        var after = query.After is { } mark ? (mark.At, mark.Id) : ((DateTimeOffset, string)?)null;
        var found = await context.RequestServices.GetRequiredService<AlertBook>().ListAsync(
            new AlertQuery(query.Environment, query.IsOpen, query.From, query.To, Limit: limit + 1, After: after), cancellationToken);
        var alerts = found.Take(limit).ToList();
        if (found.Count > limit)
            context.Response.Headers.Link = $"<{Path}{NextPage(context.Request.Query, new EventMark(alerts[^1].RaisedAt, alerts[^1].Id))}>; rel=\"next\"";
        return Results.Json(new
        {
            success = true,
            data = alerts.Select(alert => new
            {
                alert.Id,
                timestamp = TextOf(alert.RaisedAt),
                severity = alert.Severity.ToString().ToLowerInvariant(),
                alert.Title,
                alert.Message,
                alert.Environment,
                alert.DeploymentId,
                resolved = !alert.IsOpen,
                resolvedAt = alert.ResolvedAt is { } at ? TextOf(at) : null,
            }),
        });
    }

    /// <summary>200 also where something is not well, as ever; 503 only where the monitor itself is not.</summary>
    private static async Task<IResult> HealthAsync(MonitoringQuery query, MonitorHealth health, TimeProvider time, CancellationToken cancellationToken)
    {
        var state = await health.ReadAsync(query.Environment, cancellationToken);
        return Results.Json(
            new
            {
                state.Status,
                timestamp = TextOf(time.GetUtcNow()),
                monitor = new { initialized = state.IsInitialized, environment = query.Environment ?? "all", state.Enabled },
                // Nothing outside is asked from here.
                endpoints = new { state.Api, state.Database, external = "unknown" },
            },
            statusCode: state.IsInitialized ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
