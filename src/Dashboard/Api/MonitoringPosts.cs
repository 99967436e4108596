using System.Text.Json;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Metrics;

namespace Dashboard.Api;

/// <summary>What may be posted to <c>/api/monitoring/deployment</c>: a metric, or that an alert is resolved.</summary>
internal static class MonitoringPosts
{
    private const string IdempotencyKey = "Idempotency-Key";

    public static async Task<IResult> PostAsync(HttpRequest request, EventLog log, AlertBook alerts, EnvironmentRegistry environments, TimeProvider time, CancellationToken cancellationToken)
    {
        var (document, refusal) = await MonitoringBody.ReadAsync(request, cancellationToken);
        if (document is null)
            return refusal;
        using (document)
        {
            var body = new JsonFields(document.RootElement);
            var data = body.Find("data") is { ValueKind: JsonValueKind.Object } found ? new JsonFields(found) : new JsonFields(default);
            var (action, _) = body.Text("action");
            return action switch
            {
                "metric" => await AddAsync(data, request.Headers[IdempotencyKey], log, environments, time, cancellationToken),
                "resolve-alert" => await ResolveAsync(data, alerts, cancellationToken),
                _ => MonitoringEndpoints.Refuse(StatusCodes.Status400BadRequest, $"Invalid action: {(action is null ? "none" : action[..Math.Min(100, action.Length)])}. There are metric, resolve-alert."),
            };
        }
    }

    private static async Task<IResult> AddAsync(
        JsonFields data, Microsoft.Extensions.Primitives.StringValues key, EventLog log, EnvironmentRegistry environments, TimeProvider time, CancellationToken cancellationToken)
    {
        var (told, refusal) = MetricBody.Read(data, key, environments, time.GetUtcNow());
        if (told is null)
            return refusal;
        var isNew = await log.AddAsync(told, cancellationToken);
        return Done(isNew ? "Metric recorded" : "This metric had been recorded before");
    }

    private static async Task<IResult> ResolveAsync(JsonFields data, AlertBook alerts, CancellationToken cancellationToken)
    {
        var (id, _) = data.Text("alertId");
        if (string.IsNullOrEmpty(id))
            return MonitoringEndpoints.Refuse(StatusCodes.Status400BadRequest, "Missing required field: alertId");
        var (resolution, isText) = data.Text("resolution");
        if (!isText)
            return MonitoringEndpoints.Refuse(StatusCodes.Status422UnprocessableEntity, "resolution is not text.");
        return await alerts.ResolveAsync(id, resolution, LocalCaller.Name, cancellationToken) is null
            ? MonitoringEndpoints.Refuse(StatusCodes.Status404NotFound, "There is no alert of that id; action=alerts lists them.")
            : Done("Alert resolved");
    }

    private static IResult Done(string message) => Results.Json(new { success = true, message });

    /// <summary>For the description alone.</summary>
    internal sealed record Body(string Action, JsonElement Data);
}
