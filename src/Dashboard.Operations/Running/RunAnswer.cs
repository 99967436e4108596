using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dashboard.Operations.Running;

/// <summary>A run as HTTP and <c>--json</c> show it; states in lower case.</summary>
public sealed record RunAnswer(
    string Id,
    string Operation,
    string Environment,
    string State,
    string Reason,
    string Actor,
    string Door,
    JsonNode? Request,
    DateTimeOffset QueuedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    string? Message,
    IReadOnlyList<StepAnswer> Steps,
    RunProgress? Progress,
    IReadOnlyDictionary<string, string> Facts,
    string? CancelRequestedBy,
    PlanAnswer? Plan)
{
    public static RunAnswer Of(Run run) => new(
        run.Id,
        run.Operation,
        run.Environment,
        Word(run.State),
        run.Reason,
        run.Actor,
        Word(run.Door),
        JsonNode.Parse(run.Request),
        run.QueuedAt,
        run.StartedAt,
        run.FinishedAt,
        run.Message,
        [.. run.Steps.Select(step => new StepAnswer(step.Title, Word(step.State), step.StartedAt, step.FinishedAt, step.Note))],
        run.Progress,
        run.Facts,
        run.CancelRequestedBy,
        run.Plan is null ? null : PlanAnswer.Of(run.Plan));

    internal static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}

public sealed record StepAnswer(string Title, string State, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? Note);
