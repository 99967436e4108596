using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Access;
using Dashboard.Jobs;
using Dashboard.Operations.Running;

namespace Dashboard.Api;

/// <summary>The HTTP door: <c>POST /api/operations/{name}</c> does what the button does.</summary>
public static class OperationEndpoints
{
    private const int LongestBody = 64 * 1024;

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var operations = routes.MapGroup("/api/operations").WithTags("Operations").ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        operations.MapGet(string.Empty, (OperationCatalog catalog) => catalog.All.Select(operation => new { operation.Name, operation.Title, operation.Summary })).RequireAuthorization(AccessPolicies.ReadPages).WithSummary("Every operation by its name.");
        operations.MapPost("/{name}", StartAsync)
            .RequireAuthorization(AccessPolicies.Somebody)
            .WithSummary("Queues a run: environment, reason, the operation's own fields, and confirm with planHash where it has a plan.")
            .Accepts<OperationBody>("application/json")
            .Produces<RunAnswer>(StatusCodes.Status202Accepted)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status428PreconditionRequired)
            .DisableAntiforgery();
        operations.MapPost("/{name}/plan", PlanAsync)
            .RequireAuthorization(AccessPolicies.Somebody)
            .WithSummary("What the same call would do, with the hash that confirms it; nothing is queued.")
            .Accepts<OperationBody>("application/json")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .DisableAntiforgery();
    }

    private static async Task<IResult> StartAsync(string name, HttpRequest request, OperationQueue queue, CancellationToken cancellationToken)
    {
        var (call, problem) = await ReadCallAsync(name, request, cancellationToken);
        return call is null ? problem : Answer(await queue.StartAsync(call, cancellationToken));
    }

    /// <summary>What the same call would do; nothing is stored.</summary>
    private static async Task<IResult> PlanAsync(string name, HttpRequest request, Intake intake, CancellationToken cancellationToken)
    {
        var (call, problem) = await ReadCallAsync(name, request, cancellationToken);
        if (call is null)
            return problem;
        var preview = await intake.PreviewAsync(call, cancellationToken);
        return preview.Refusal is { } refusal
            ? Answer(refusal)
            : Results.Ok(new { plan = preview.Plan is null ? null : PlanAnswer.Of(preview.Plan), holder = preview.Holder is null ? null : HolderOf(preview.Holder), notices = preview.Notices });
    }

    private static async Task<(OperationCall? Call, IResult Problem)> ReadCallAsync(string name, HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType())
            return (null, Results.Problem("Send the request as application/json.", statusCode: StatusCodes.Status415UnsupportedMediaType));
        var (body, problem) = JsonBody.NodesOf(await JsonBody.ReadAsync(request, LongestBody, cancellationToken));
        if (body is null)
            return (null, Results.Problem(problem, statusCode: StatusCodes.Status400BadRequest, title: "The body cannot be read"));

        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var environment = Take(body, "environment", errors);
        var reason = Take(body, "reason", errors);
        var confirm = Take(body, "confirm", errors);
        var planHash = Take(body, "planHash", errors);
        return errors.Count > 0
            ? (null, Results.ValidationProblem(errors))
            : (new OperationCall(name, environment, reason, body, request.HttpContext.Visit(), confirm, planHash), Results.Empty);
    }

    private static IResult Answer(IntakeResult result) => result switch
    {
        IntakeResult.Accepted accepted => Results.Accepted($"/api/runs/{accepted.Run.Id}", RunAnswer.Of(accepted.Run, accepted.Run.QueuedAt)),
        IntakeResult.UnknownOperation unknown => Results.Problem(
            $"There is no operation '{unknown.Name}'; there are {string.Join(", ", unknown.Known)}.", statusCode: StatusCodes.Status404NotFound, title: "Unknown operation"),
        IntakeResult.LeaseHeld held => Results.Problem(
            held.Sentence,
            statusCode: StatusCodes.Status409Conflict,
            title: "The environment is in use",
            extensions: new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["holder"] = HolderOf(held.Holder),
            }),
        IntakeResult.Forbidden forbidden => Results.Problem(forbidden.Sentence, statusCode: StatusCodes.Status409Conflict, title: "It is forbidden now"),
        IntakeResult.Unconfirmed unconfirmed => PlanProblem(unconfirmed.Plan, unconfirmed.Sentence, StatusCodes.Status428PreconditionRequired, "The plan has to be confirmed"),
        IntakeResult.AwaitsApproval waits => Results.Accepted($"/api/approvals/{waits.Request.Id}", new { approval = waits.Request.Id, expiresAt = waits.Request.ExpiresAt, detail = waits.Sentence }),
        IntakeResult.Unproven denied => Results.Problem(denied.Sentence, statusCode: StatusCodes.Status403Forbidden, title: "Prove who you are"),
        IntakeResult.NotAllowed denied => Results.Problem(denied.Sentence, statusCode: StatusCodes.Status403Forbidden, title: "Not allowed"),
        IntakeResult.Unwritten denied => Results.Problem(denied.Sentence, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The audit trail cannot be written"),
        IntakeResult.Blocked blocked => PlanProblem(blocked.Plan, blocked.Sentence, StatusCodes.Status409Conflict, "The plan forbids it now"),
        IntakeResult.Invalid invalid => Results.ValidationProblem(invalid.Errors.ToDictionary(StringComparer.Ordinal)),
        _ => throw new InvalidOperationException($"The intake answered with {result.GetType().Name}, which this door does not know."),
    };

    private static IResult PlanProblem(Plan plan, string sentence, int status, string title) =>
        Results.Problem(sentence, statusCode: status, title: title, extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["plan"] = PlanAnswer.Of(plan) });

    private static object HolderOf(Lease holder) => new { runId = holder.RunId, operation = holder.Title, actor = holder.Holder, since = holder.TakenAt };

    /// <summary>Environment, reason and confirmation stand beside the operation's own fields; what is left is the request.</summary>
    private static string? Take(JsonObject body, string key, Dictionary<string, string[]> errors)
    {
        var node = body[key];
        body.Remove(key);
        if (node is null)
            return null;
        if (node.GetValueKind() == JsonValueKind.String)
            return node.GetValue<string>();
        errors[key] = [$"'{key}' is not text."];
        return null;
    }

    /// <summary>For the description alone: what every operation's body has, whatever its own fields are.</summary>
    internal sealed record OperationBody(string Environment, string Reason, string? Confirm, string? PlanHash);
}
