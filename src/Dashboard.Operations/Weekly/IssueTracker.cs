using Dashboard.Operations.Configuration;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Storage;
using MongoDB.Driver;
using Octokit;

namespace Dashboard.Operations.Weekly;

/// <summary>Makes one GitHub issue for each recurring problem, however often it is asked and wherever it is interrupted.</summary>
public sealed class IssueTracker(DashboardDatabase database, GitHubSettings settings, TimeProvider time)
{
    /// <summary>By it and the line in the text an issue is found again that was made right before a crash.</summary>
    private const string Label = "dashboard";

    public bool IsConfigured => settings.IsConfigured;

    /// <summary>For sentences: owner/name.</summary>
    public string Repository => settings.Repository ?? string.Empty;

    public async Task<IssueLink?> FindAsync(string problem, CancellationToken cancellationToken) =>
        await database.IssueLinks.Find(link => link.Problem == problem).FirstOrDefaultAsync(cancellationToken);

    /// <summary>The issue that is there already, or a new one.</summary>
    /// <exception cref="IssueTrackerException">GitHub refused or did not answer.</exception>
    public async Task<IssueLink> OpenAsync(RecurringProblem problem, IsoWeek week, string actor, CancellationToken cancellationToken)
    {
        try
        {
            var (owner, name) = (settings.Owner, settings.Name);
            var client = Client();
            var issue = await SeenAsync(client, owner, name, problem, cancellationToken)
                ?? await client.Issue.Create(owner, name, NewIssueOf(problem, week, actor)).WaitAsync(settings.Patience, time, cancellationToken);
            var link = new IssueLink { Problem = problem.Key, Number = issue.Number, Url = issue.HtmlUrl, At = time.GetUtcNow(), Actor = actor };
            await database.IssueLinks.ReplaceOneAsync(stored => stored.Problem == problem.Key, link, new ReplaceOptions { IsUpsert = true }, cancellationToken);
            return link;
        }
        catch (Exception exception) when (exception is ApiException or HttpRequestException or TimeoutException)
        {
            throw new IssueTrackerException(Sentence(exception), exception);
        }
    }

    private GitHubClient Client()
    {
        var product = new ProductHeaderValue("dnd-tracker-dashboard");
        var client = settings.Address is { } address ? new GitHubClient(product, address) : new GitHubClient(product);
        client.Credentials = new Credentials(settings.Token);
        return client;
    }

    private async Task<Issue?> SeenAsync(GitHubClient client, string owner, string name, RecurringProblem problem, CancellationToken cancellationToken)
    {
        var request = new RepositoryIssueRequest { State = ItemStateFilter.Open };
        request.Labels.Add(Label);
        var open = await client.Issue.GetAllForRepository(owner, name, request).WaitAsync(settings.Patience, time, cancellationToken);
        return open.FirstOrDefault(issue => issue.Body?.Contains(MarkOf(problem), StringComparison.Ordinal) == true);
    }

    private static NewIssue NewIssueOf(RecurringProblem problem, IsoWeek week, string actor)
    {
        var issue = new NewIssue($"{problem.Environment}: {problem.Title} ({problem.Times} × in {week})")
        {
            Body = $"""
                The rule `{problem.Rule}` raised {problem.Times} alert(s) for **{problem.Environment}** in week {week}, and was raised in {problem.Weeks} of the last four weeks. The newest says:

                > {string.Join("\n> ", problem.Message.Split('\n'))}

                Made from the weekly review by {actor}.

                {MarkOf(problem)}
                """,
        };
        issue.Labels.Add(Label);
        return issue;
    }

    private static string MarkOf(RecurringProblem problem) => $"<!-- dashboard problem {problem.Key} -->";

    private string Sentence(Exception exception) => exception switch
    {
        AuthorizationException => $"GitHub does not accept the token of {settings.TokenVariable} for {Repository}; give it the right to write issues.",
        NotFoundException => $"GitHub knows no repository {Repository}, or the token of {settings.TokenVariable} may not see it; see github.repository in config/dashboard.json.",
        RateLimitExceededException => "GitHub takes no more calls for now; try again in an hour.",
        ApiException refused => $"GitHub refused the issue in {Repository} ({(int)refused.StatusCode}): {refused.Message}",
        TimeoutException => $"GitHub did not answer within {settings.Patience.TotalSeconds:0} s; the issue may be there all the same, and trying again will find it.",
        _ => $"GitHub cannot be reached: {exception.GetBaseException().Message} Try again; nothing is made twice.",
    };
}

/// <summary>The issue could not be made; the message is for the operator.</summary>
public sealed class IssueTrackerException(string message, Exception inner) : Exception(message, inner);
