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
    ProgressAnswer? Progress,
    IReadOnlyDictionary<string, string> Facts,
    string? CancelRequestedBy,
    PlanAnswer? Plan)
{
    public static RunAnswer Of(Run run, DateTimeOffset now) => new(
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
        run.Progress is null && run.Parts is null ? null : ProgressAnswer.Of(run, now),
        run.Facts,
        run.CancelRequestedBy,
        run.Plan is null ? null : PlanAnswer.Of(run.Plan));

    internal static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}

/// <summary>How far the current step is.</summary>
/// <param name="Unit">Of done and total: bytes, documents, files.</param>
/// <param name="SecondsLeft">Of this step, by its speed so far; null while that would only be a guess.</param>
/// <param name="Collections">Null for steps without any, and in lists of runs.</param>
public sealed record ProgressAnswer(long Done, long Total, string Unit, int Percent, double? SecondsLeft, CollectionsAnswer? Collections)
{
    internal static ProgressAnswer Of(Run run, DateTimeOffset now)
    {
        var progress = run.Progress ?? new RunProgress(0, 0, "bytes");
        var left = run is { State: RunState.Running, Steps: [.., var step] } ? progress.TimeLeft(now - step.StartedAt) : null;
        return new ProgressAnswer(progress.Done, progress.Total, progress.Unit, progress.Percent, left?.TotalSeconds, run.Parts is null ? null : CollectionsAnswer.Of(run.Parts));
    }
}

/// <summary>The collections of the current step.</summary>
/// <param name="Shown">The ones at work, then the ones that wait, then the ones that are done; the largest first, 40 at the most.</param>
public sealed record CollectionsAnswer(int Total, int Done, IReadOnlyList<CollectionAnswer> Shown)
{
    internal static CollectionsAnswer Of(RunParts parts) => new(
        parts.Total,
        parts.Done,
        [.. parts.Shown.Select(part => new CollectionAnswer(part.Name, RunAnswer.Word(part.State), part.Documents, part.ExpectedDocuments, part.Bytes, part.ExpectedBytes))]);
}

/// <summary>How far one collection is; what is expected is 0 when nobody knows.</summary>
/// <param name="State">waiting, at-work, indexing or done.</param>
/// <param name="Bytes">Uncompressed BSON.</param>
public sealed record CollectionAnswer(string Name, string State, long Documents, long ExpectedDocuments, long Bytes, long ExpectedBytes);

public sealed record StepAnswer(string Title, string State, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? Note);
