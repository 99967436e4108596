using System.Text.Json;

namespace Dashboard.Operations.Running;

/// <summary>A plan as HTTP and <c>--json</c> show it.</summary>
public sealed record PlanAnswer(
    string Target,
    string Hash,
    string? Verdict,
    IReadOnlyList<PlanStep> Steps,
    IReadOnlyList<PlanCheckAnswer> Checks,
    IReadOnlyList<string> NotUndone,
    string Undo,
    double? ExpectedSeconds)
{
    public static PlanAnswer Of(Plan plan) => new(
        plan.Target,
        plan.Hash,
        plan.Verdict,
        plan.Steps,
        [.. plan.Checks.Select(check => new PlanCheckAnswer(check.Name, JsonNamingPolicy.KebabCaseLower.ConvertName(check.Verdict.ToString()), check.Note))],
        plan.NotUndone,
        plan.Undo,
        plan.Expected?.TotalSeconds);
}

public sealed record PlanCheckAnswer(string Name, string Verdict, string Note);
