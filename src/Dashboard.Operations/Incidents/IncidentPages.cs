using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Issues;

namespace Dashboard.Operations.Incidents;

/// <summary>What the pages about incidents show, read in one go.</summary>
public sealed class IncidentPages(IncidentStore store, IncidentTimeline timeline, EnvironmentRegistry environments, IncidentSettings settings, GitHubIssues gitHub)
{
    /// <summary>Past incidents on one page.</summary>
    public const int AtOnce = 25;

    private const int MostOpen = 100;

    /// <param name="page">Of the past ones; the first is 1.</param>
    public async Task<IncidentPage> ReadAsync(int page, CancellationToken cancellationToken)
    {
        var open = await store.ListAsync(new IncidentQuery(IsOpen: true, Limit: MostOpen), cancellationToken);
        var past = await store.ListAsync(new IncidentQuery(IsOpen: false, Skip: (page - 1) * AtOnce, Limit: AtOnce + 1), cancellationToken);
        return new IncidentPage(
            [.. open.OrderByDescending(incident => incident.Severity).ThenByDescending(incident => incident.OpenedAt)],
            [.. past.Take(AtOnce)],
            HasOlder: past.Count > AtOnce,
            [.. environments.All.SelectMany(environment => Enum.GetValues<ComponentPart>().Select(part => new ComponentChoice(environment.Name, part, $"{environment.Title}: {part.ToString().ToLowerInvariant()}")))]);
    }

    /// <summary>Null when there is no such incident.</summary>
    public async Task<IncidentDetail?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } incident)
            return null;
        var entries = await timeline.ReadAsync(incident, cancellationToken);
        return new IncidentDetail(incident, IncidentClocks.Of(incident), entries, IncidentTimes.Of(incident), PostMortem.Draft(incident, entries), settings, gitHub.IsConfigured);
    }
}

/// <param name="Open">The worst first.</param>
/// <param name="Past">The newest first.</param>
/// <param name="Components">All that an incident can touch.</param>
public sealed record IncidentPage(IReadOnlyList<Incident> Open, IReadOnlyList<Incident> Past, bool HasOlder, IReadOnlyList<ComponentChoice> Components);

/// <param name="Title">As "Production: database".</param>
public sealed record ComponentChoice(string Environment, ComponentPart Part, string Title);

/// <param name="Timeline">Oldest first.</param>
/// <param name="Draft">The post-mortem as Markdown.</param>
/// <param name="MakesIssues">Whether a follow-up can become a GitHub issue.</param>
public sealed record IncidentDetail(
    Incident Incident, IReadOnlyList<IncidentClock> Clocks, IReadOnlyList<TimelineEntry> Timeline, IncidentTimes Times, string Draft, IncidentSettings Settings, bool MakesIssues);
