using System.Text.Json;
using Dashboard.Access;
using Dashboard.Operations.Access;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Metrics;

namespace Dashboard.Api;

/// <summary>What may be posted to <c>/api/monitoring/deployment</c>: a metric, or that an alert is resolved.</summary>
internal static class MonitoringPosts
{
    private const string IdempotencyKey = "Idempotency-Key";

    public static async Task<IResult> PostAsync(
        HttpRequest request, EventLog log, AlertBook alerts, AccessGate gate, EnvironmentRegistry environments, TimeProvider time, CancellationToken cancellationToken)
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
                "metric" => await AddAsync(data, request, log, gate, environments, time, cancellationToken),
                "resolve-alert" => await ResolveAsync(data, request, alerts, gate, cancellationToken),
                _ => MonitoringEndpoints.Refuse(StatusCodes.Status400BadRequest, $"Invalid action: {(action is null ? "none" : action[..Math.Min(100, action.Length)])}. There are metric, resolve-alert."),
            };
        }
    }

    private static async Task<IResult> AddAsync(
        JsonFields data, HttpRequest request, EventLog log, AccessGate gate, EnvironmentRegistry environments, TimeProvider time, CancellationToken cancellationToken)
    {
        var (told, refusal) = MetricBody.Read(data, request.Headers[IdempotencyKey], environments, time.GetUtcNow());
        if (told is null)
            return refusal;
        var (visit, act) = (request.HttpContext.Visit(), new Act("post-event", told.Environment, told.Environment));
        await gate.CheckAsync(visit, act, cancellationToken);
        var isNew = await log.AddAsync(told, cancellationToken);
        gate.Count(visit, act);
        return Done(isNew ? "Metric recorded" : "This metric had been recorded before");
    }

    private static async Task<IResult> ResolveAsync(JsonFields data, HttpRequest request, AlertBook alerts, AccessGate gate, CancellationToken cancellationToken)
    {
        var (id, _) = data.Text("alertId");
        if (string.IsNullOrEmpty(id))
            return MonitoringEndpoints.Refuse(StatusCodes.Status400BadRequest, "Missing required field: alertId");
        var (resolution, isText) = data.Text("resolution");
        if (!isText)
            return MonitoringEndpoints.Refuse(StatusCodes.Status422UnprocessableEntity, "resolution is not text.");
        var found = await alerts.FindAsync(id, cancellationToken);
        return found is null || await gate.PassAsync(
            request.HttpContext.Visit(), new Act("resolve-alert", id, found.Environment, resolution), actor => alerts.ResolveAsync(id, resolution, actor, cancellationToken), cancellationToken) is null
            ? MonitoringEndpoints.Refuse(StatusCodes.Status404NotFound, "There is no alert of that id; action=alerts lists them.")
            : Done("Alert resolved");
    }

    private static IResult Done(string message) => Results.Json(new { success = true, message });

    /// <summary>For the description alone.</summary>
    internal sealed record Body(string Action, JsonElement Data);
}
