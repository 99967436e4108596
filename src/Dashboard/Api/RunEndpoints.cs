using System.Globalization;
using Dashboard.Access;
using Dashboard.Operations.Access;
using Dashboard.Operations.Running;

namespace Dashboard.Api;

/// <summary>What became of runs, for programs: the same facts as the pages show.</summary>
public static class RunEndpoints
{
    private const int MostAtOnce = 200;

    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/api/runs").RequireAuthorization(AccessPolicies.ReadPages).WithTags("Runs").ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapGet(string.Empty, ListAsync).WithSummary("Newest first; before is the last id of the page before.").Produces<IReadOnlyList<RunAnswer>>();
        runs.MapGet("/{id}", FindAsync).WithSummary("One run with its steps, and how far it is, collection by collection where it copies a database.").Produces<RunAnswer>();
        runs.MapGet("/{id}/log", LogAsync).WithMetadata(LookMark.OfRoute(Sightings.RunLog, "id")).WithSummary("All lines of its log.").Produces<string>(contentType: "text/plain");
        runs.MapPost("/{id}/cancel", CancelAsync).WithSummary("Asks it to stop as soon as its step allows.").Produces<RunAnswer>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict).DisableAntiforgery();
    }

    private static async Task<IResult> ListAsync(
        string? environment, string? operation, string? state, int? limit, string? before, RunHistory history, TimeProvider time, CancellationToken cancellationToken)
    {
        var states = new List<RunState>();
        foreach (var word in (state ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Enum.TryParse<RunState>(word, ignoreCase: true, out var known) || !Enum.IsDefined(known) || int.TryParse(word, CultureInfo.InvariantCulture, out _))
                return Results.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["state"] = [$"'{word}' is no state; there are {string.Join(", ", Enum.GetNames<RunState>()).ToLowerInvariant()}."] });
            states.Add(known);
        }

        var runs = await history.ListAsync(new RunFilter(environment, operation, states), Math.Clamp(limit ?? 50, 1, MostAtOnce), before, cancellationToken);
        return Results.Ok(runs.Select(run => RunAnswer.Of(run, time.GetUtcNow())));
    }

    private static async Task<IResult> FindAsync(string id, RunHistory history, TimeProvider time, CancellationToken cancellationToken) =>
        await history.FindAsync(id, cancellationToken) is { } run ? Results.Ok(RunAnswer.Of(run, time.GetUtcNow())) : Unknown(id);

    private static async Task<IResult> LogAsync(string id, RunHistory history, HttpContext context, CancellationToken cancellationToken)
    {
        if (await history.FindAsync(id, cancellationToken) is null)
            return Unknown(id);

        context.Response.ContentType = "text/plain; charset=utf-8";
        for (var after = 0; ;)
        {
            var lines = await history.LinesAsync(id, after, cancellationToken);
            if (lines.Count == 0)
                return Results.Empty;
            foreach (var line in lines)
                await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{line.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {line.Level,-7} {line.Text}\n"), cancellationToken);
            after = lines[^1].Number;
        }
    }

    private static async Task<IResult> CancelAsync(string id, HttpContext context, RunHistory history, RunStore runs, AccessGate gate, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await history.FindAsync(id, cancellationToken) is not { } found)
            return Unknown(id);
        var act = new Act("cancel-run", id, found.Environment);
        if (await gate.PassAsync(context.Visit(), act, actor => runs.CancelAsync(id, actor, cancellationToken), cancellationToken) is not { } run)
            return Unknown(id);
        return run.State == RunState.Cancelled || run.IsActive
            ? Results.Accepted($"/api/runs/{id}", RunAnswer.Of(run, time.GetUtcNow()))
            : Results.Problem($"Run {id} has ended already: {run.State.ToString().ToLowerInvariant()}.", statusCode: StatusCodes.Status409Conflict, title: "Nothing to cancel");
    }

    private static IResult Unknown(string id) =>
        Results.Problem($"There is no run '{id}'.", statusCode: StatusCodes.Status404NotFound, title: "Unknown run");
}
