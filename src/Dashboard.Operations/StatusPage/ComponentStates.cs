using System.Globalization;
using Dashboard.Operations.Health;
using Dashboard.Operations.Incidents;

namespace Dashboard.Operations.StatusPage;

/// <summary>How a component stands, from what the checks measured, what people said and what was planned.</summary>
internal static class ComponentStates
{
    /// <summary>Whether migrations are pending is the team's affair.</summary>
    private const string Migrations = "/migrations";
    private const string Database = "/database";

    /// <summary>Null when no check of it says anything.</summary>
    public static ComponentState? Measured(HealthReport report, ComponentPart part)
    {
        var known = report.Checks.Where(check => PartOf(check.Target) == part && check.State != HealthState.Unknown).ToList();
        var down = known.Count(check => check.State == HealthState.Down);
        return known switch
        {
            [] => null,
            _ when down == known.Count => ComponentState.MajorOutage,
            _ when down > 0 => ComponentState.PartialOutage,
            _ when known.Any(check => check.State == HealthState.Degraded) => ComponentState.DegradedPerformance,
            _ => ComponentState.Operational,
        };
    }

    /// <summary>What people say of it stands above maintenance, and maintenance above what is measured, which is to be expected then.</summary>
    public static ComponentState Of(ComponentState? measured, bool inMaintenance, IEnumerable<IncidentComponent> incidents)
    {
        var said = incidents.Select(one => one.State).DefaultIfEmpty().Max();
        if (inMaintenance)
            return said > ComponentState.UnderMaintenance ? said : ComponentState.UnderMaintenance;
        return measured is { } seen && seen > said ? seen : said;
    }

    /// <summary>The target whose days are shown.</summary>
    public static string TargetOf(ComponentPart part, IReadOnlyList<string> endpoints) =>
        part == ComponentPart.Database ? HealthTargets.Ping : endpoints.FirstOrDefault(endpoint => PartOf(endpoint) == ComponentPart.Application) ?? HealthTargets.Whole;

    public static StatusDay DayOf(HealthBar bar)
    {
        var sums = bar.Sums;
        var isMostlyDown = sums.Down.Seconds > sums.Healthy.Seconds + sums.Degraded.Seconds;
        ComponentState? state = bar.State switch
        {
            HealthState.Down => isMostlyDown ? ComponentState.MajorOutage : ComponentState.PartialOutage,
            HealthState.Degraded => ComponentState.DegradedPerformance,
            HealthState.Healthy => ComponentState.Operational,
            _ => bar.IsMaintenance ? ComponentState.UnderMaintenance : null,
        };
        return new StatusDay(bar.Day, state, $"{bar.Day.UtcDateTime.ToString("d MMM", CultureInfo.InvariantCulture)}: {Told(sums, state)}");
    }

    private static ComponentPart? PartOf(string target)
    {
        if (target == HealthTargets.Ping || target.EndsWith(Database, StringComparison.Ordinal))
            return ComponentPart.Database;
        return target.EndsWith(Migrations, StringComparison.Ordinal) ? null : ComponentPart.Application;
    }

    /// <summary>Short, because a page has hundreds of it.</summary>
    private static string Told(HealthSums sums, ComponentState? state)
    {
        var parts = new[] { ("down", sums.Down), ("degraded", sums.Degraded), ("maintenance", sums.Maintenance) }
            .Where(part => part.Item2.Count > 0)
            .Select(part => $"{part.Item1} {Minutes(part.Item2.Seconds)}")
            .ToList();
        if (parts.Count > 0)
            return string.Join(", ", parts);
        return state is null ? "not measured" : "no trouble";
    }

    private static string Minutes(long seconds) => seconds switch
    {
        0 => "briefly",
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600} h"),
    };
}
