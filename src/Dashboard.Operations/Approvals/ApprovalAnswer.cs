using System.Text.Json.Nodes;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Approvals;

/// <summary>A request for a second person as HTTP shows it; one that nobody decided in time is <c>expired</c>.</summary>
public sealed record ApprovalAnswer(
    string Id,
    string Operation,
    string Environment,
    string State,
    string Reason,
    string AskedBy,
    string Door,
    JsonNode? Request,
    DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt,
    string? DecidedBy,
    DateTimeOffset? DecidedAt,
    string? RunId,
    string? Problem,
    PlanAnswer? Plan)
{
    public static ApprovalAnswer Of(ApprovalRequest request, DateTimeOffset now) => new(
        request.Id,
        request.Operation,
        request.Environment,
        request.State == ApprovalState.Waiting && request.ExpiresAt <= now ? "expired" : RunAnswer.Word(request.State),
        request.Reason,
        request.AskedBy,
        RunAnswer.Word(request.Door),
        JsonNode.Parse(request.Request),
        request.AskedAt,
        request.ExpiresAt,
        request.DecidedBy,
        request.DecidedAt,
        request.RunId,
        request.Problem,
        request.Plan is null ? null : PlanAnswer.Of(request.Plan));
}
