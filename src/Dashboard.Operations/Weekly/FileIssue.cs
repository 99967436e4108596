using System.ComponentModel.DataAnnotations;
using Dashboard.Operations.Issues;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Weekly;

/// <summary>Makes a GitHub issue for a problem that comes back; for one that has an issue it only tells which.</summary>
public sealed class FileIssue(RecurringProblems problems, IssueTracker tracker) : Operation<FileIssue.Request>
{
    public sealed record Request(
        [property: Required(ErrorMessage = "Say which rule.")][property: StringLength(60)] string? Rule = null,
        [property: Required(ErrorMessage = "Say which week, such as 2026-W48.")][property: RegularExpression(@"^\d{4}-W\d\d$", ErrorMessage = "A week is written as 2026-W48.")] string? Week = null);

    public override string Title => "Create issue";

    public override string Summary => "Makes a GitHub issue for an alert that comes back; a problem has one issue.";

    public override Role Needs => Role.Operator;

    public override bool TakesLease => false;

    protected override async Task<OperationResult> RunAsync(Request request, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (!tracker.IsConfigured)
            return OperationResult.Failure(GitHubIssues.WhatToConfigure);
        if (IsoWeek.TryParse(request.Week ?? string.Empty) is not { } week)
            return OperationResult.Failure($"{request.Week} is no week; write it as 2026-W48.");

        await steps.BeginAsync("Look for the problem", cancellationToken);
        var problem = (await problems.OfAsync(week, steps.Run.Environment, cancellationToken)).FirstOrDefault(found => found.Rule == request.Rule);
        if (problem is null)
            return OperationResult.Failure($"{request.Rule} was not raised often enough in {week} in {steps.Run.Environment} to be a recurring problem.");
        if (problem.Issue is { } there)
            return OperationResult.Success($"Issue {there.Number} is there already: {there.Url}");

        await steps.BeginAsync($"Create the issue in {tracker.Repository}", cancellationToken, StepStop.Never);
        try
        {
            var link = await tracker.OpenAsync(problem, week, steps.Run.Actor, cancellationToken);
            steps.Fact("issue", link.Url);
            return OperationResult.Success($"Issue {link.Number} is made: {link.Url}");
        }
        catch (IssueTrackerException exception)
        {
            return OperationResult.Failure(exception.Message);
        }
    }
}
