using Dashboard.Operations.Configuration;
using Octokit;

namespace Dashboard.Operations.Issues;

/// <summary>Makes one issue of a thing in the configured repository of GitHub, however often it is asked and wherever it is interrupted.</summary>
public sealed class GitHubIssues(GitHubSettings settings, TimeProvider time)
{
    /// <summary>For operators, where there is no repository.</summary>
    public const string WhatToConfigure = "No repository is configured; set github.repository in config/dashboard.json and the variable that holds its token.";

    private const string Label = "dashboard";

    /// <summary>The clocks of two machines differ by less.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromDays(1);

    public bool IsConfigured => settings.IsConfigured;

    /// <summary>For sentences: owner/name.</summary>
    public string Repository => settings.Repository ?? string.Empty;

    /// <summary>The issue that is there already, or a new one.</summary>
    /// <exception cref="IssueTrackerException">GitHub refused or did not answer.</exception>
    public async Task<MadeIssue> OpenAsync(IssueDraft draft, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        try
        {
            var (client, mark) = (Client(), $"<!-- dashboard {draft.Key} -->");
            var issue = await SeenAsync(client, draft, mark, cancellationToken)
                ?? await client.Issue.Create(settings.Owner, settings.Name, NewIssueOf(draft, mark)).WaitAsync(settings.Patience, time, cancellationToken);
            return new MadeIssue(issue.Number, UrlOf(issue).AbsoluteUri);
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

    private async Task<Issue?> SeenAsync(GitHubClient client, IssueDraft draft, string mark, CancellationToken cancellationToken)
    {
        var request = new RepositoryIssueRequest { State = draft.Since is null ? ItemStateFilter.Open : ItemStateFilter.All, Since = draft.Since - Skew };

        // GitHub leaves the labels out where the token's owner may not set them, so what has a time is looked for by its time.
        if (draft.Since is null)
            request.Labels.Add(Label);
        var there = await client.Issue.GetAllForRepository(settings.Owner, settings.Name, request).WaitAsync(settings.Patience, time, cancellationToken);
        return there.FirstOrDefault(issue => issue.Body?.Contains(mark, StringComparison.Ordinal) == true);
    }

    private static NewIssue NewIssueOf(IssueDraft draft, string mark)
    {
        var issue = new NewIssue(draft.Title) { Body = $"{draft.Body}\n\n{mark}" };
        issue.Labels.Add(Label);
        return issue;
    }

    /// <summary>Pages make links of it, so it is an address of the web whatever was answered.</summary>
    private Uri UrlOf(Issue issue) => Uri.TryCreate(issue.HtmlUrl, UriKind.Absolute, out var url) && url.Scheme is "https" or "http"
        ? url
        : new Uri(settings.Address ?? new Uri("https://github.com"), $"/{Repository}/issues/{issue.Number}");

    private string Sentence(Exception exception) => exception switch
    {
        AuthorizationException => $"GitHub does not accept the token of {settings.TokenVariable} for {Repository}; give it the right to write issues.",
        NotFoundException => $"GitHub knows no repository {Repository}, or the token of {settings.TokenVariable} may not see it; see github.repository in config/dashboard.json.",
        RateLimitExceededException => "GitHub takes no more calls for now; try again in an hour.",
        ApiValidationException { ApiError.Errors: { Count: > 0 } errors } => $"GitHub refused the issue in {Repository} (422): {string.Join("; ", errors.Select(error => error.Message ?? $"{error.Field} is {error.Code}"))}",
        ApiException refused => $"GitHub refused the issue in {Repository} ({(int)refused.StatusCode}): {refused.Message}",
        TimeoutException => $"GitHub did not answer within {settings.Patience.TotalSeconds:0} s; the issue may be there all the same, and trying again will find it.",
        _ => $"GitHub cannot be reached: {exception.GetBaseException().Message} Try again; nothing is made twice.",
    };
}

/// <param name="Key">Of the thing: by a line in the text that holds it an issue is found again that was made right before a crash.</param>
/// <param name="Body">Markdown.</param>
/// <param name="Since">When the thing began: an issue of it, open or closed, is no older. Null looks among the open ones.</param>
public sealed record IssueDraft(string Key, string Title, string Body, DateTimeOffset? Since = null);

public sealed record MadeIssue(int Number, string Url);

/// <summary>The issue could not be made; the message is for the operator.</summary>
public sealed class IssueTrackerException(string message, Exception inner) : Exception(message, inner);
