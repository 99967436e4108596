using Dashboard.Operations.Issues;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Weekly;

/// <summary>Makes one GitHub issue for each recurring problem, and keeps which.</summary>
public sealed class IssueTracker(DashboardDatabase database, GitHubIssues gitHub, TimeProvider time)
{
    public bool IsConfigured => gitHub.IsConfigured;

    /// <summary>For sentences: owner/name.</summary>
    public string Repository => gitHub.Repository;

    public async Task<IssueLink?> FindAsync(string problem, CancellationToken cancellationToken) =>
        await database.IssueLinks.Find(link => link.Problem == problem).FirstOrDefaultAsync(cancellationToken);

    /// <summary>The issue that is there already, or a new one.</summary>
    /// <exception cref="IssueTrackerException">GitHub refused or did not answer.</exception>
    public async Task<IssueLink> OpenAsync(RecurringProblem problem, IsoWeek week, string actor, CancellationToken cancellationToken)
    {
        var issue = await gitHub.OpenAsync(DraftOf(problem, week, actor), cancellationToken);
        var link = new IssueLink { Problem = problem.Key, Number = issue.Number, Url = issue.Url, At = time.GetUtcNow(), Actor = actor };
        await database.IssueLinks.ReplaceOneAsync(stored => stored.Problem == problem.Key, link, new ReplaceOptions { IsUpsert = true }, cancellationToken);
        return link;
    }

    private static IssueDraft DraftOf(RecurringProblem problem, IsoWeek week, string actor) => new(
        $"problem {problem.Key}",
        $"{problem.Environment}: {problem.Title} ({problem.Times} × in {week})",
        $"""
        The rule `{problem.Rule}` raised {problem.Times} alert(s) for **{problem.Environment}** in week {week}, and was raised in {problem.Weeks} of the last four weeks. The newest says:

        > {string.Join("\n> ", problem.Message.Split('\n'))}

        Made from the weekly review by {actor}.
        """);
}
