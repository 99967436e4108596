using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Access;
using Dashboard.Operations.Access;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Http.Extensions;

namespace Dashboard.Api;

/// <summary>Alerts for programs: what is open and was, and the three things that can be done about one.</summary>
public static class AlertEndpoints
{
    private const int MostAtOnce = 200;
    private const int LongestBody = 16 * 1024;
    private const int LongestText = 500;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(30);

    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        var alerts = routes.MapGroup("/api/alerts").RequireAuthorization(AccessPolicies.ReadPages).WithTags("Alerts").ProducesProblem(StatusCodes.Status404NotFound);
        alerts.MapGet(string.Empty, ListAsync).WithSummary("Newest first; open narrows to true or false, limit and skip page; X-Total-Count says how many there are, Link where the next page is.").Produces<IReadOnlyList<AlertAnswer>>().ProducesValidationProblem();
        alerts.MapPost("/{id}/acknowledge", AcknowledgeAsync).WithSummary("Somebody is on it: it is not escalated.").Produces<AlertAnswer>().ProducesProblem(StatusCodes.Status409Conflict).DisableAntiforgery();
        alerts.MapPost("/{id}/resolve", ResolveAsync).WithSummary("Ends it; the body may hold a resolution.").Accepts<ResolveBody>("application/json").Produces<AlertAnswer>().DisableAntiforgery();
        alerts.MapPost("/{id}/silence", SilenceAsync).WithSummary("Nobody is told of its rule in its environment, for a time such as 4h.").Accepts<SilenceBody>("application/json").ProducesValidationProblem().DisableAntiforgery();
    }

    private static async Task<IResult> ListAsync(
        string? environment, string? open, string? limit, string? skip, HttpContext context, AlertBook book, EnvironmentRegistry environments, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (environment is not null && environments.Find(environment) is null)
            errors["environment"] = [$"There is no environment '{environment}'; there are {environments.Names}."];
        if (open is not (null or "true" or "false"))
            errors["open"] = [$"'{open}' is neither true nor false."];
        var most = Number(limit, "limit", 50, errors);
        var left = Number(skip, "skip", 0, errors);
        if (errors.Count > 0)
            return Results.ValidationProblem(errors);
        var query = new AlertQuery(environment, open is null ? null : open == "true", Skip: left, Limit: Math.Clamp(most, 1, MostAtOnce));
        var found = await book.ListAsync(query, cancellationToken);
        var count = await book.CountAsync(query, cancellationToken);
        context.Response.Headers["X-Total-Count"] = count.ToString(CultureInfo.InvariantCulture);
        if (found.Count > 0 && left + found.Count < count)
            context.Response.Headers.Link = $"<{context.Request.Path}{NextPage(environment, open, query.Limit, left + found.Count)}>; rel=\"next\"";
        return Results.Ok(found.Select(AlertAnswer.Of));
    }

    private static QueryString NextPage(string? environment, string? open, int limit, int skip)
    {
        var next = new QueryBuilder();
        foreach (var (key, value) in new[] { ("environment", environment), ("open", open), ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("skip", skip.ToString(CultureInfo.InvariantCulture)) })
        {
            if (value is not null)
                next.Add(key, value);
        }

        return next.ToQueryString();
    }

    private static async Task<IResult> AcknowledgeAsync(string id, HttpContext context, AlertBook book, AccessGate gate, CancellationToken cancellationToken)
    {
        if (await book.FindAsync(id, cancellationToken) is not { } found)
            return Unknown(id);
        if (await gate.PassAsync(context.Visit(), new Act("acknowledge-alert", id, found.Environment), actor => book.AcknowledgeAsync(id, actor, cancellationToken), cancellationToken) is not { } alert)
            return Unknown(id);
        return alert.IsOpen
            ? Results.Ok(AlertAnswer.Of(alert))
            : Results.Problem($"The alert {id} was resolved already, by {alert.ResolvedBy}.", statusCode: StatusCodes.Status409Conflict, title: "Nothing to acknowledge");
    }

    private static async Task<IResult> ResolveAsync(string id, HttpRequest request, AlertBook book, AccessGate gate, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var body = await ReadAsync(request, errors, cancellationToken);
        var resolution = Text(body, "resolution", errors);
        if (errors.Count > 0)
            return Results.ValidationProblem(errors);
        if (await book.FindAsync(id, cancellationToken) is not { } found)
            return Unknown(id);
        var act = new Act("resolve-alert", id, found.Environment, resolution);
        return await gate.PassAsync(request.HttpContext.Visit(), act, actor => book.ResolveAsync(id, resolution, actor, cancellationToken), cancellationToken) is { } alert ? Results.Ok(AlertAnswer.Of(alert)) : Unknown(id);
    }

    private static async Task<IResult> SilenceAsync(string id, HttpRequest request, AlertBook book, AccessGate gate, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var body = await ReadAsync(request, errors, cancellationToken);
        var reason = Text(body, "reason", errors);
        if (string.IsNullOrWhiteSpace(reason))
            errors.TryAdd("reason", ["Say why."]);
        if (!Moments.TryReadSpan(Text(body, "for", errors), out var span) || span <= TimeSpan.Zero || span > LongestSilence)
            errors.TryAdd("for", ["Say for how long: 30m, 4h or 2d, 30 days at most."]);
        if (errors.Count > 0)
            return Results.ValidationProblem(errors);
        if (await book.FindAsync(id, cancellationToken) is not { } alert)
            return Unknown(id);
        var until = time.GetUtcNow() + span;
        var act = new Act("silence-alert", alert.Rule, alert.Environment, reason!.Trim(), string.Create(CultureInfo.InvariantCulture, $"until {until.UtcDateTime:u}"));
        var silence = await gate.PassAsync(
            request.HttpContext.Visit(), act, actor => book.SilenceAsync(alert.Environment, alert.Rule, reason.Trim(), until, actor, cancellationToken), cancellationToken);
        return Results.Ok(new { id = silence.Id, environment = silence.Environment, rule = silence.Rule, reason = silence.Reason, actor = silence.Actor, until = silence.Until });
    }

    /// <summary>An empty body is an empty object.</summary>
    private static async Task<JsonObject> ReadAsync(HttpRequest request, Dictionary<string, string[]> errors, CancellationToken cancellationToken)
    {
        var read = await JsonBody.ReadAsync(request, LongestBody, cancellationToken);
        if (read.IsEmpty)
            return [];
        var (body, problem) = JsonBody.NodesOf(read);
        if (body is null)
            errors["body"] = [problem ?? string.Empty];
        return body ?? [];
    }

    private static string? Text(JsonObject body, string key, Dictionary<string, string[]> errors)
    {
        if (body[key] is not { } node)
            return null;
        if (node is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: <= LongestText } text)
            return text;
        errors[key] = [$"'{key}' is not a text of at most {LongestText} characters."];
        return null;
    }

    private static int Number(string? text, string key, int otherwise, Dictionary<string, string[]> errors)
    {
        if (text is null)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        errors[key] = [$"'{text}' is not a whole number from 0 on."];
        return otherwise;
    }

    private static IResult Unknown(string id) =>
        Results.Problem($"There is no alert '{id}'.", statusCode: StatusCodes.Status404NotFound, title: "Unknown alert");

    /// <summary>For the description alone.</summary>
    internal sealed record ResolveBody(string? Resolution);

    /// <summary>For the description alone.</summary>
    internal sealed record SilenceBody(string Reason, string For);
}

/// <summary>An alert as HTTP answers it.</summary>
public sealed record AlertAnswer(
    string Id,
    string Environment,
    string Rule,
    string Severity,
    string Title,
    string Message,
    string? DeploymentId,
    DateTimeOffset RaisedAt,
    DateTimeOffset SeenAt,
    int Times,
    bool Open,
    string? AcknowledgedBy,
    DateTimeOffset? AcknowledgedAt,
    string? ResolvedBy,
    DateTimeOffset? ResolvedAt,
    string? Resolution)
{
    public static AlertAnswer Of(Alert alert) => new(
        alert.Id,
        alert.Environment,
        alert.Rule,
        alert.Severity.ToString().ToLowerInvariant(),
        alert.Title,
        alert.Message,
        alert.DeploymentId,
        alert.RaisedAt,
        alert.SeenAt,
        alert.Times,
        alert.IsOpen,
        alert.AcknowledgedBy,
        alert.AcknowledgedAt,
        alert.ResolvedBy,
        alert.ResolvedAt,
        alert.Resolution);
}
