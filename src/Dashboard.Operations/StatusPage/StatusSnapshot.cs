using Dashboard.Operations.Incidents;

namespace Dashboard.Operations.StatusPage;

/// <summary>
/// All that the world is told, and nothing else: page, feeds, calendar and badges are made of this alone. No record here has a field for an
/// address, a version, a run, a person or a text that was not written for the world.
/// </summary>
/// <param name="At">As of when.</param>
/// <param name="Environments">In the registry's order.</param>
/// <param name="Open">Newest first.</param>
/// <param name="Past">Newest first, as many as are shown.</param>
/// <param name="Maintenance">Planned and running ones, the next first, then those that ended or were cancelled not long ago, newest first.</param>
public sealed record StatusSnapshot(
    DateTimeOffset At,
    IReadOnlyList<StatusEnvironment> Environments,
    IReadOnlyList<StatusIncident> Open,
    IReadOnlyList<StatusIncident> Past,
    IReadOnlyList<StatusMaintenance> Maintenance)
{
    public IEnumerable<StatusComponent> Components => Environments.SelectMany(environment => environment.Components);

    public IEnumerable<StatusIncident> Incidents => Open.Concat(Past);

    /// <summary>The worst that is so anywhere.</summary>
    public ComponentState Worst => Components.Select(component => component.State).DefaultIfEmpty().Max();

    public StatusIncident? Find(string id) => Incidents.FirstOrDefault(incident => incident.Id == id);
}

public sealed record StatusEnvironment(string Name, string Title, IReadOnlyList<StatusComponent> Components);

/// <param name="Id">As <c>production-database</c>.</param>
/// <param name="Name">As "Database".</param>
/// <param name="IsKnown">False while no check says how it is; it is called operational then, as Statuspage has no word for it.</param>
/// <param name="Days">Ninety, oldest first.</param>
/// <param name="Uptime">0 to 1 over the days; null when nothing is known.</param>
/// <param name="CreatedAt">The first of its days.</param>
public sealed record StatusComponent(
    string Id, string Name, string Environment, ComponentState State, bool IsKnown, IReadOnlyList<StatusDay> Days, double? Uptime, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <param name="State">Null: nothing is known of the day.</param>
public sealed record StatusDay(DateTimeOffset Day, ComponentState? State, string Told);

/// <param name="Updates">Newest first.</param>
public sealed record StatusIncident(
    string Id,
    string Title,
    IncidentSeverity Impact,
    UpdateStatus Status,
    DateTimeOffset StartedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? MonitoringAt,
    DateTimeOffset? ResolvedAt,
    IReadOnlyList<StatusUpdate> Updates,
    IReadOnlyList<StatusTouched> Components);

public sealed record StatusUpdate(string Id, UpdateStatus Status, string Body, DateTimeOffset At);

/// <param name="Title">As "Production: database".</param>
public sealed record StatusTouched(string Id, string Title, ComponentState State);

/// <param name="Notice">As it was written for everybody; empty when nothing was.</param>
/// <param name="Sequence">Rises with each change, as calendars count.</param>
public sealed record StatusMaintenance(
    string Id,
    string Title,
    string Notice,
    string Environment,
    MaintenancePhase Phase,
    DateTimeOffset Start,
    DateTimeOffset End,
    DateTimeOffset? EndedAt,
    int Sequence,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<StatusTouched> Components);

public enum MaintenancePhase
{
    Scheduled,
    InProgress,
    Completed,
    Cancelled,
}
