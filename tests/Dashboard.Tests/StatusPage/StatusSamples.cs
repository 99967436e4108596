using Dashboard.Operations.Incidents;
using Dashboard.Operations.StatusPage;
using Dashboard.StatusPage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dashboard.Tests.StatusPage;

/// <summary>Snapshots at a fixed moment, from nothing to far too much, and the pages that are made of them.</summary>
internal static class StatusSamples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static StatusView View(StatusSnapshot? snapshot = null, bool isAway = false) => new(snapshot ?? Snapshot(), isAway);

    public static StatusSnapshot Snapshot(int environments = 2, IReadOnlyList<StatusIncident>? open = null, IReadOnlyList<StatusIncident>? past = null, IReadOnlyList<StatusMaintenance>? maintenance = null) => new(
        Now,
        [.. Enumerable.Range(0, environments).Select(number => new StatusEnvironment($"e{number}", $"Environment {number}", [Component(number, "Application"), Component(number, "Database")]))],
        open ?? [],
        past ?? [],
        maintenance ?? []);

    public static StatusIncident Incident(string words = "Characters cannot be saved", int updates = 2, bool isOpen = true) => new(
        IncidentId.New(),
        words,
        IncidentSeverity.Major,
        isOpen ? UpdateStatus.Identified : UpdateStatus.Resolved,
        Now.AddHours(-3),
        Now.AddHours(-2),
        Now.AddMinutes(-5),
        MonitoringAt: null,
        isOpen ? null : Now.AddMinutes(-5),
        [.. Enumerable.Range(0, updates).Select(number => new StatusUpdate(IncidentId.New(), UpdateStatus.Identified, words, Now.AddMinutes(-5 - number)))],
        [new StatusTouched("e0-database", "Environment 0: database", ComponentState.PartialOutage)]);

    public static StatusMaintenance Window(MaintenancePhase phase = MaintenancePhase.Scheduled, string notice = "We move.", double startsInHours = 26.5) => new(
        IncidentId.New(),
        "Maintenance of Environment 0",
        notice,
        "Environment 0",
        phase,
        Now.AddHours(startsInHours),
        Now.AddHours(startsInHours + 1),
        EndedAt: null,
        Sequence: 1,
        Now.AddDays(-1),
        Now.AddDays(-1),
        []);

    public static async Task<string> PageAsync(StatusView view, bool hasForm = false)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        return System.Text.Encoding.UTF8.GetString((await new StatusPages(services, NullLoggerFactory.Instance).OverviewAsync(view, StatusFrame.Plain with { HasForm = hasForm })).Bytes);
    }

    public static async Task<string> PageAsync(StatusIncident incident)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        return System.Text.Encoding.UTF8.GetString((await new StatusPages(services, NullLoggerFactory.Instance).IncidentAsync(View(), incident)).Bytes);
    }

    public static StatusComponent Component(int environment, string name, ComponentState state = ComponentState.Operational, bool isKnown = true) => new(
        $"e{environment}-{name.ToLowerInvariant()}",
        name,
        $"Environment {environment}",
        state,
        isKnown,
        [.. Enumerable.Range(0, 90).Select(day => new StatusDay(Now.AddDays(day - 89), ComponentState.PartialOutage, FormattableString.Invariant($"{Now.AddDays(day - 89):d MMM}: down 119 min, degraded 119 min")))],
        0.99987,
        Now.AddDays(-89),
        Now);
}
