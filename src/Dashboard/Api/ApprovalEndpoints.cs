using Dashboard.Access;
using Dashboard.Operations.Approvals;

namespace Dashboard.Api;

/// <summary>What became of a wish that waits for a second person, for the program that asked; deciding is for people, on the page.</summary>
public static class ApprovalEndpoints
{
    public static void MapApprovals(this IEndpointRouteBuilder routes)
    {
        var approvals = routes.MapGroup("/api/approvals").RequireAuthorization(AccessPolicies.ReadPages).WithTags("Approvals").ProducesProblem(StatusCodes.Status404NotFound);
        approvals.MapGet(string.Empty, ListAsync).WithSummary("The newest hundred, newest first.").Produces<IReadOnlyList<ApprovalAnswer>>();
        approvals.MapGet("/{id}", FindAsync).WithSummary("One of them; runId names the run that came of it.").Produces<ApprovalAnswer>();
    }

    private static async Task<IResult> ListAsync(ApprovalBook book, TimeProvider time, CancellationToken cancellationToken) =>
        Results.Ok((await book.ListAsync(cancellationToken)).Select(request => ApprovalAnswer.Of(request, time.GetUtcNow())));

    private static async Task<IResult> FindAsync(string id, ApprovalBook book, TimeProvider time, CancellationToken cancellationToken) =>
        await book.FindAsync(id, cancellationToken) is { } request
            ? Results.Ok(ApprovalAnswer.Of(request, time.GetUtcNow()))
            : Results.Problem($"There is no request '{id}'.", statusCode: StatusCodes.Status404NotFound, title: "Unknown request");
}
