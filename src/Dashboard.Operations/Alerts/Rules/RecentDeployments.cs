using System.Collections.Concurrent;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>
/// The newest events of an environment, which most rules look at: all within the look-back, and never fewer than a thousand where there are so many.
/// Read once for all rules, and again only when there is something new.
/// </summary>
public sealed class RecentDeployments(DashboardDatabase database, AlertTimes times, TimeProvider time)
{
    private const int Page = 1_000;

    /// <summary>So that a flood of events fills no memory.</summary>
    private const int Most = 20_000;

    /// <summary>An event may become visible after a newer one, so what is kept is not believed for longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<DeploymentEvent>> EventsAsync(string environment, CancellationToken cancellationToken) => (await ReadAsync(environment, cancellationToken)).Events;

    /// <summary>Whole deployments, the newest first; going back is none, and neither is a backup or a migration of its own.</summary>
    public async Task<RecentList> ListAsync(AlertScope scope, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(scope.Environment.Name, cancellationToken);
        return new RecentList(DeploymentsOf(read.Events, scope.Now), read.IsAll, HasLookBack: read.IsAll || read.Events[^1].At < scope.Now - times.LookBack);
    }

    private async Task<Kept> ReadAsync(string environment, CancellationToken cancellationToken)
    {
        var newest = await Newest(environment).Limit(1).Project(found => found.Id).FirstOrDefaultAsync(cancellationToken);
        var now = time.GetUtcNow();
        if (newest is null)
            return new Kept(string.Empty, now, [], IsAll: true);
        if (_kept.TryGetValue(environment, out var kept) && kept.Newest == newest && now - kept.At < Longest)
            return kept;

        // Twice as far, so that what ended within the look-back is there from its beginning.
        var (events, isAll) = await PagesAsync(environment, now - 2 * times.LookBack, cancellationToken);
        return _kept[environment] = new Kept(newest, now, events, isAll);
    }

    private static List<RecentDeployment> DeploymentsOf(IReadOnlyList<DeploymentEvent> events, DateTimeOffset now) =>
    [
        .. events
            .Where(found => found.Counts && found.GoesBackFrom is null)
            .GroupBy(found => found.DeploymentId, StringComparer.Ordinal)
            .Select(group => (group.Key, Events: (List<DeploymentEvent>)[.. group.OrderBy(found => found.At).ThenBy(found => found.Phase).ThenBy(found => found.Status)]))
            .Where(group => group.Events[0].Phase != EventPhase.Rollback)
            .Select(group => RecentDeployment.Of(group.Key, group.Events, now))
            .OrderByDescending(deployment => deployment.LastAt),
    ];

    private async Task<(IReadOnlyList<DeploymentEvent> Events, bool IsAll)> PagesAsync(string environment, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var events = new List<DeploymentEvent>();
        var options = new FindOptions<DeploymentEvent>
        {
            Sort = Builders<DeploymentEvent>.Sort.Descending(found => found.At),
            Projection = Builders<DeploymentEvent>.Projection.Exclude(found => found.Details),
            BatchSize = Page,
            Limit = Most,
        };
        using var pages = await database.DeploymentEvents.FindAsync(found => found.Environment == environment, options, cancellationToken);
        while (events.Count < Page || events[^1].At >= from)
        {
            if (!await pages.MoveNextAsync(cancellationToken))
                return (events, events.Count < Most);
            events.AddRange(pages.Current);
        }

        return (events, IsAll: false);
    }

    private IFindFluent<DeploymentEvent, DeploymentEvent> Newest(string environment) =>
        database.DeploymentEvents.Find(found => found.Environment == environment).SortByDescending(found => found.At);

    private sealed record Kept(string Newest, DateTimeOffset At, IReadOnlyList<DeploymentEvent> Events, bool IsAll);
}

/// <summary>The newest deployments, as far as their events were read.</summary>
/// <param name="HasAll">There are no older ones.</param>
/// <param name="HasLookBack">It has all within the look-back; otherwise what is not among them may go on all the same.</param>
public sealed record RecentList(IReadOnlyList<RecentDeployment> Deployments, bool HasAll, bool HasLookBack);

/// <summary>A deployment as its events tell it.</summary>
public sealed record RecentDeployment(string Id, DateTimeOffset BegunAt, DateTimeOffset LastAt, DeploymentEnd End, string? Error)
{
    /// <summary>A pipeline that posts no verification is done when nothing has come for so long after its deployment.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(15);

    /// <summary>A phase of it was told to have begun; a pipeline that posts only ends says nothing about what still goes on.</summary>
    public bool HasStarted { get; init; }

    /// <param name="events">All of one deployment, oldest first.</param>
    internal static RecentDeployment Of(string id, IReadOnlyList<DeploymentEvent> events, DateTimeOffset now)
    {
        var (end, error, wentBack) = (DeploymentEnd.Running, (string?)null, false);
        foreach (var next in events)
        {
            wentBack |= next.Phase == EventPhase.Rollback;
            if (IsFailure(next) || wentBack)
                (end, error) = (DeploymentEnd.Failed, next.Error ?? error);
            else if (next is { Phase: EventPhase.Verification, Status: EventStatus.Success })
                (end, error) = (DeploymentEnd.Succeeded, null);
        }

        var last = events[^1].At;
        if (end == DeploymentEnd.Running && now - last > Settled && events.Any(next => next is { Phase: EventPhase.Deployment, Status: EventStatus.Success }) && events.All(next => next.Phase != EventPhase.Verification))
            end = DeploymentEnd.Succeeded;
        return new RecentDeployment(id, events[0].At, last, end, error) { HasStarted = events.Any(next => next.Status == EventStatus.Started) };
    }

    public static bool IsFailure(DeploymentEvent found) => found.Status is EventStatus.Failed or EventStatus.Error;
}

public enum DeploymentEnd
{
    Running,
    Succeeded,
    Failed,
}
