using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Health;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.Maintenance;

namespace Dashboard.Operations.StatusPage;

/// <summary>Makes a snapshot for the world. It costs the same however many look and however long the past is.</summary>
public sealed class StatusReader(
    EnvironmentRegistry environments, HealthHistory health, UptimeHistory uptime, MaintenanceWindows windows, IncidentStore incidents, HealthCheckSettings checks, TimeProvider time)
{
    /// <summary>Past incidents on the page and in the feeds.</summary>
    public const int PastShown = 25;

    private const int MostOpen = 20;
    private const int PastWindows = 25;

    /// <summary>Days change slowly and are most of what is read.</summary>
    private static readonly TimeSpan DaysHold = TimeSpan.FromSeconds(30);

    private IReadOnlyDictionary<(string Environment, ComponentPart Part), IReadOnlyList<HealthBar>>? _days;
    private DateTimeOffset _daysAt;

    /// <summary>Not for two callers at once; <see cref="StatusBoard"/> is the one.</summary>
    internal async Task<StatusSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var days = await DaysAsync(now, cancellationToken);
        var open = await incidents.ListAsync(new IncidentQuery(IsOpen: true, IsPublic: true, Limit: MostOpen), cancellationToken);
        var past = await incidents.ListAsync(new IncidentQuery(IsOpen: false, IsPublic: true, Limit: PastShown), cancellationToken);
        var ahead = await windows.AheadAsync(cancellationToken);
        var over = await windows.PastAsync(PastWindows, cancellationToken);
        var sections = new List<StatusEnvironment>();
        foreach (var environment in environments.All)
        {
            var report = await health.LatestAsync(environment.Name, cancellationToken);
            var inMaintenance = ahead.Any(window => window.IsOpen && window.Environment == environment.Name);
            sections.Add(new StatusEnvironment(environment.Name, environment.Title, [.. Enum.GetValues<ComponentPart>().Select(part =>
            {
                var measured = report is not null && now - report.At <= checks.Stale ? ComponentStates.Measured(report, part) : null;
                var state = ComponentStates.Of(measured, inMaintenance, open.SelectMany(incident => incident.Components).Where(one => one.Environment == environment.Name && one.Part == part));
                return ComponentOf(environment, part, state, measured is not null, days[(environment.Name, part)], now);
            })]));
        }

        return new StatusSnapshot(now, sections, [.. open.Select(PublicOf)], [.. past.Select(PublicOf)], [.. ahead.Concat(over).Select(PublicOf)]);
    }

    /// <summary>One that is older than what a snapshot holds; null when there is none that the world may see.</summary>
    internal async Task<StatusIncident?> FindAsync(string id, CancellationToken cancellationToken) =>
        await incidents.FindAsync(id, cancellationToken) is { IsPublic: true } found ? PublicOf(found) : null;

    private async Task<IReadOnlyDictionary<(string Environment, ComponentPart Part), IReadOnlyList<HealthBar>>> DaysAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_days is { } held && now - _daysAt < DaysHold)
            return held;
        var days = new Dictionary<(string, ComponentPart), IReadOnlyList<HealthBar>>();
        foreach (var environment in environments.All)
        {
            foreach (var part in Enum.GetValues<ComponentPart>())
                days[(environment.Name, part)] = await uptime.BarsAsync(environment.Name, ComponentStates.TargetOf(part, checks.Endpoints), cancellationToken);
        }

        (_days, _daysAt) = (days, now);
        return days;
    }

    private static StatusComponent ComponentOf(TargetEnvironment environment, ComponentPart part, ComponentState state, bool isKnown, IReadOnlyList<HealthBar> days, DateTimeOffset now)
    {
        var (up, down) = (days.Sum(day => day.Sums.Healthy.Seconds + day.Sums.Degraded.Seconds), days.Sum(day => day.Sums.Down.Seconds));
        return new StatusComponent(
            IdOf(environment.Name, part),
            part.ToString(),
            environment.Title,
            state,
            isKnown,
            [.. days.Select(ComponentStates.DayOf)],
            up + down == 0 ? null : (double)up / (up + down),
            days[0].Day,
            now);
    }

    private StatusIncident PublicOf(Incident incident) => new(
        incident.Id,
        incident.Title,
        incident.Severity,
        incident.IsOpen ? incident.Status : UpdateStatus.Resolved,
        incident.BeganAt,
        incident.Updates[0].At,
        incident.ResolvedAt ?? incident.Updates[^1].At,
        incident.Updates.FirstOrDefault(update => update.Status == UpdateStatus.Monitoring)?.At,
        incident.ResolvedAt,
        [.. incident.Updates.Reverse().Select(update => new StatusUpdate(update.Id, update.Status, update.Body, update.At))],
        [.. incident.Components.Select(one => TouchedOf(one.Environment, one.Part, one.State)).OfType<StatusTouched>()]);

    private StatusMaintenance PublicOf(MaintenanceWindow window)
    {
        var created = MongoDB.Bson.ObjectId.TryParse(window.Id, out var id) ? new DateTimeOffset(id.CreationTime, TimeSpan.Zero) : window.Start;
        var title = environments.Find(window.Environment)?.Title ?? window.Environment;
        return new StatusMaintenance(
            // The window's own id is that of a run, and its title is the team's.
            IncidentId.Of($"window {window.Id}"),
            $"Maintenance of {title}",
            PlainText.Clean(window.Notice),
            title,
            window.State switch
            {
                WindowState.Planned => MaintenancePhase.Scheduled,
                WindowState.Open => MaintenancePhase.InProgress,
                WindowState.Closed => MaintenancePhase.Completed,
                _ => MaintenancePhase.Cancelled,
            },
            window.OpenedAt ?? window.Start,
            window.End,
            window.ClosedAt,
            // Every change is by a run that stays in the list, but for the last, which closes it.
            window.RunIds.Count + (window.ClosedAt is null ? 0 : 1),
            created,
            window.ClosedAt ?? window.OpenedAt ?? created,
            [.. Enum.GetValues<ComponentPart>().Select(part => TouchedOf(window.Environment, part, window.IsOpen ? ComponentState.UnderMaintenance : ComponentState.Operational)).OfType<StatusTouched>()]);
    }

    /// <summary>Null of an environment that is not configured any more.</summary>
    private StatusTouched? TouchedOf(string environment, ComponentPart part, ComponentState state) => environments.Find(environment) is { } known
        ? new StatusTouched(IdOf(environment, part), $"{known.Title}: {part.ToString().ToLowerInvariant()}", state)
        : null;

    private static string IdOf(string environment, ComponentPart part) => $"{environment}-{part.ToString().ToLowerInvariant()}";
}
