using Dashboard.Operations.Issues;

namespace Dashboard.Operations.Incidents;

/// <summary>Makes one GitHub issue of a follow-up, whoever asks at the same time and wherever it is interrupted.</summary>
public sealed class FollowUpIssues(GitHubIssues gitHub)
{
    /// <summary>Looking and making have an end by then; whoever began earlier was interrupted.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    internal async Task<IncidentAnswer> FileAsync(IncidentBook book, string id, string followUpId, string actor, CancellationToken cancellationToken)
    {
        if (!gitHub.IsConfigured)
            return IncidentAnswer.Refused(GitHubIssues.WhatToConfigure);
        var begun = await BeginAsync(book, id, followUpId, actor, cancellationToken);
        if (begun.Incident is not { } incident || incident.FollowUps.First(one => one.Id == followUpId) is not { IssueUrl: null } followUp)
            return begun;
        try
        {
            var issue = await gitHub.OpenAsync(DraftOf(incident, followUp, actor), cancellationToken);
            return await book.ChangeFollowUpAsync(
                id, followUpId, (now, _) => (now with { IssueUrl = now.IssueUrl ?? issue.Url, IssueNumber = now.IssueNumber ?? issue.Number, FilingAt = null, FilingBy = null }, null), cancellationToken);
        }
        catch (IssueTrackerException exception)
        {
            // What was not answered in time may be made yet: nobody looks for it before that is over.
            if (exception.InnerException is not TimeoutException)
                await book.ChangeFollowUpAsync(id, followUpId, (now, _) => (now with { FilingAt = null, FilingBy = null }, null), cancellationToken);
            return IncidentAnswer.Refused(exception.Message);
        }
    }

    /// <summary>Of two who press at once one goes on.</summary>
    private static Task<IncidentAnswer> BeginAsync(IncidentBook book, string id, string followUpId, string actor, CancellationToken cancellationToken) => book.ChangeFollowUpAsync(
        id,
        followUpId,
        (followUp, now) => followUp.IssueUrl is not null ? (followUp, null)
            : followUp.FilingAt > now - Longest ? (followUp, $"{followUp.FilingBy} began to make its issue less than a minute ago; try again in a minute, nothing is made twice.")
            : (followUp with { FilingAt = now, FilingBy = actor }, null),
        cancellationToken);

    private static IssueDraft DraftOf(Incident incident, FollowUp followUp, string actor) => new(
        $"incident {incident.Id} follow-up {followUp.Id}",
        followUp.Text,
        $"""
        A follow-up of the incident **{MarkdownText.Line(incident.Title)}** ({incident.Id}), written down by {MarkdownText.Line(followUp.By)}:

        > {MarkdownText.Line(followUp.Text)}

        Made from the incident's page by {MarkdownText.Line(actor)}.
        """,
        followUp.At);
}
