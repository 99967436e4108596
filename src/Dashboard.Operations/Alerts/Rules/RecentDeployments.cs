using System.Collections.Concurrent;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Alerts.Rules;

/// <summary>The newest events of an environment, which most rules look at: read once for all of them, and again only when there is something new.</summary>
public sealed class RecentDeployments(DashboardDatabase database, TimeProvider time)
{
    private const int Most = 1_000;

    /// <summary>An event may become visible after a newer one, so what is kept is not believed for longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<DeploymentEvent>> EventsAsync(string environment, CancellationToken cancellationToken)
    {
        var newest = await Newest(environment).Limit(1).Project(found => found.Id).FirstOrDefaultAsync(cancellationToken);
        if (newest is null)
            return [];
        if (_kept.TryGetValue(environment, out var kept) && kept.Newest == newest && time.GetUtcNow() - kept.At < Longest)
            return kept.Events;
        var events = await Newest(environment).Limit(Most).Project<DeploymentEvent>(Builders<DeploymentEvent>.Projection.Exclude(found => found.Details)).ToListAsync(cancellationToken);
        _kept[environment] = new Kept(newest, time.GetUtcNow(), events);
        return events;
    }

    /// <summary>Whole deployments, the newest first; going back is none, and neither is a backup or a migration of its own.</summary>
    public async Task<IReadOnlyList<RecentDeployment>> ListAsync(AlertScope scope, CancellationToken cancellationToken) =>
    [
        .. (await EventsAsync(scope.Environment.Name, cancellationToken))
            .Where(found => found.Counts && found.GoesBackFrom is null)
            .GroupBy(found => found.DeploymentId, StringComparer.Ordinal)
            .Select(group => (group.Key, Events: (List<DeploymentEvent>)[.. group.OrderBy(found => found.At).ThenBy(found => found.Phase).ThenBy(found => found.Status)]))
            .Where(group => group.Events[0].Phase != EventPhase.Rollback)
            .Select(group => RecentDeployment.Of(group.Key, group.Events, scope.Now))
            .OrderByDescending(deployment => deployment.LastAt),
    ];

    private IFindFluent<DeploymentEvent, DeploymentEvent> Newest(string environment) =>
        database.DeploymentEvents.Find(found => found.Environment == environment).SortByDescending(found => found.At);

    private sealed record Kept(string Newest, DateTimeOffset At, IReadOnlyList<DeploymentEvent> Events);
}

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
