using Dashboard.Access;
using Dashboard.Operations.Access;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Logs;

namespace Dashboard.Api;

/// <summary>The captured logs, for programs: <c>GET /api/logs/{environment}?since=15m&amp;level=error</c>, as JSON or with <c>format=text</c>.</summary>
public static class LogEndpoints
{
    private const int MostAtOnce = 5_000;

    public static void MapLogs(this IEndpointRouteBuilder routes) => routes.MapGet("/api/logs/{environment}", ReadAsync)
        .RequireAuthorization(AccessPolicies.ReadPages).WithMetadata(LookMark.OfRoute(Sightings.ApplicationLog, "environment", isEnvironment: true)).WithTags("Logs").WithSummary("Captured log lines of an environment, by time, level and text.").ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> ReadAsync(
        string environment,
        string? since,
        string? until,
        string? level,
        string? contains,
        string? machine,
        int? limit,
        string? format,
        EnvironmentRegistry environments,
        LogStore store,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (environments.Find(environment) is null)
            return Results.Problem($"There is no environment '{environment}'; there are {environments.Names}.", statusCode: StatusCodes.Status404NotFound, title: "Unknown environment");
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var query = LogQuestion.Read(environment, new LogWords(since, until, level, contains, machine, limit), time.GetUtcNow(), MostAtOnce, errors);
        if (format is not (null or "json" or "text"))
            errors["format"] = [$"'{format}' is neither json nor text."];
        if (errors.Count > 0)
            return Results.ValidationProblem(errors);

        var answer = await store.ReadAsync(query, cancellationToken);
        return format == "text"
            ? Results.Text(string.Concat(answer.Lines.Select(line => line.Sentence + "\n").Concat(answer.RemarksFor(query).Select(remark => $"# {remark}\n"))))
            : Results.Ok(new
            {
                environment,
                since = query.Since,
                lines = answer.Lines.Select(line => new { at = line.At, machine = line.Machine, level = LogQuestion.WordOf(line.Level), text = line.Text }),
                gaps = answer.Gaps.Select(gap => new { from = gap.From, to = gap.To, why = gap.Why }),
                hasMore = answer.HasMore,
                firstKept = answer.FirstKept,
            });
    }
}
