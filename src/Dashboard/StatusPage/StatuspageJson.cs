using System.Text.Json;
using System.Text.Json.Nodes;
using Dashboard.Components.Shared;
using Dashboard.Operations.Incidents;
using Dashboard.Operations.StatusPage;

namespace Dashboard.StatusPage;

/// <summary>The snapshot in the shape of Statuspage's API v2, which many programs read.</summary>
internal static class StatuspageJson
{
    private const string Page = "dndtracker01";

    public static byte[] Summary(StatusSnapshot snapshot, StatusLinks links) => Bytes(snapshot, links, new JsonObject
    {
        ["components"] = Components(snapshot),
        ["incidents"] = Incidents(snapshot.Open, links),
        ["scheduled_maintenances"] = Maintenances(snapshot, links, MaintenancePhase.Scheduled, MaintenancePhase.InProgress),
        ["status"] = Status(snapshot),
    });

    public static byte[] StatusAlone(StatusSnapshot snapshot, StatusLinks links) => Bytes(snapshot, links, new JsonObject { ["status"] = Status(snapshot) });

    public static byte[] ComponentsAlone(StatusSnapshot snapshot, StatusLinks links) => Bytes(snapshot, links, new JsonObject { ["components"] = Components(snapshot) });

    public static byte[] IncidentsAlone(StatusSnapshot snapshot, StatusLinks links, bool unresolved) =>
        Bytes(snapshot, links, new JsonObject { ["incidents"] = Incidents(unresolved ? snapshot.Open : snapshot.Incidents, links) });

    public static byte[] MaintenancesAlone(StatusSnapshot snapshot, StatusLinks links, params MaintenancePhase[] phases) =>
        Bytes(snapshot, links, new JsonObject { ["scheduled_maintenances"] = Maintenances(snapshot, links, phases) });

    /// <summary>Statuspage's one word and one sentence for all.</summary>
    public static (string Indicator, string Description) Told(StatusSnapshot snapshot)
    {
        var impact = snapshot.Open.Select(incident => incident.Impact).DefaultIfEmpty().Max();
        return (snapshot.Worst, impact) switch
        {
            (ComponentState.MajorOutage, _) or (_, IncidentSeverity.Critical) => ("critical", "Major System Outage"),
            (ComponentState.PartialOutage, _) or (_, IncidentSeverity.Major) => ("major", "Partial System Outage"),
            (ComponentState.DegradedPerformance, _) or (_, IncidentSeverity.Minor) => ("minor", "Minor Service Outage"),
            (ComponentState.UnderMaintenance, _) => ("maintenance", "Service Under Maintenance"),
            _ => ("none", "All Systems Operational"),
        };
    }

    private static JsonObject Status(StatusSnapshot snapshot)
    {
        var (indicator, description) = Told(snapshot);
        return new JsonObject { ["indicator"] = indicator, ["description"] = description };
    }

    private static JsonArray Components(StatusSnapshot snapshot)
    {
        var components = new JsonArray();
        foreach (var environment in snapshot.Environments)
        {
            components.Add(Component(environment.Name, environment.Title, environment.Components.Max(component => component.State), snapshot.At, environment.Components[0].CreatedAt, groupId: null, [.. environment.Components.Select(component => component.Id)], components.Count + 1));
            foreach (var component in environment.Components)
                components.Add(Component(component.Id, component.Name, component.State, component.UpdatedAt, component.CreatedAt, environment.Name, members: null, components.Count + 1));
        }

        return components;
    }

    private static JsonObject Component(string id, string name, ComponentState state, DateTimeOffset updated, DateTimeOffset created, string? groupId, IReadOnlyList<string>? members, int position)
    {
        var component = new JsonObject
        {
            ["id"] = id,
            ["page_id"] = Page,
            ["group_id"] = groupId,
            ["created_at"] = Formats.Iso(created),
            ["updated_at"] = Formats.Iso(updated),
            ["group"] = members is not null,
            ["name"] = name,
            ["description"] = null,
            ["position"] = position,
            ["status"] = StatusWords.Of(state),
            ["showcase"] = members is null,
            ["only_show_if_degraded"] = false,
            ["start_date"] = null,
        };
        if (members is not null)
            component["components"] = new JsonArray([.. members.Select(member => (JsonNode)member)]);
        return component;
    }

    private static JsonArray Incidents(IEnumerable<StatusIncident> incidents, StatusLinks links) => new([.. incidents.Select(incident => (JsonNode)new JsonObject
    {
        ["id"] = incident.Id,
        ["page_id"] = Page,
        ["name"] = incident.Title,
        ["status"] = StatusWords.Of(incident.Status),
        ["impact"] = StatusWords.Of(incident.Impact),
        ["shortlink"] = links.Incident(incident.Id),
        ["started_at"] = Formats.Iso(incident.StartedAt),
        ["created_at"] = Formats.Iso(incident.CreatedAt),
        ["updated_at"] = Formats.Iso(incident.UpdatedAt),
        ["monitoring_at"] = incident.MonitoringAt is { } monitoring ? Formats.Iso(monitoring) : null,
        ["resolved_at"] = incident.ResolvedAt is { } resolved ? Formats.Iso(resolved) : null,
        ["incident_updates"] = new JsonArray([.. incident.Updates.Select(update => (JsonNode)Update(update.Id, incident.Id, StatusWords.Of(update.Status), update.Body, update.At))]),
        ["components"] = Touched(incident.Components),
    })]);

    private static JsonArray Maintenances(StatusSnapshot snapshot, StatusLinks links, params MaintenancePhase[] phases) => new([.. snapshot.Maintenance.Where(window => phases.Contains(window.Phase)).Select(window => (JsonNode)new JsonObject
    {
        ["id"] = window.Id,
        ["page_id"] = Page,
        ["name"] = window.Title,
        ["status"] = WordOf(window.Phase),
        ["impact"] = "maintenance",
        ["shortlink"] = $"{links.Page}#maintenance",
        ["scheduled_for"] = Formats.Iso(window.Start),
        ["scheduled_until"] = Formats.Iso(window.End),
        ["started_at"] = Formats.Iso(window.Start),
        ["created_at"] = Formats.Iso(window.CreatedAt),
        ["updated_at"] = Formats.Iso(window.UpdatedAt),
        ["monitoring_at"] = null,
        ["resolved_at"] = window.EndedAt is { } ended ? Formats.Iso(ended) : null,
        ["incident_updates"] = new JsonArray(Update($"{window.Id}-{window.Sequence}", window.Id, WordOf(window.Phase), window.Notice, window.UpdatedAt)),
        ["components"] = Touched(window.Components),
    })]);

    /// <summary>Statuspage has no word for what was cancelled: it is completed without having begun.</summary>
    private static string WordOf(MaintenancePhase phase) => phase switch
    {
        MaintenancePhase.Scheduled => "scheduled",
        MaintenancePhase.InProgress => "in_progress",
        _ => "completed",
    };

    private static JsonObject Update(string id, string incident, string status, string body, DateTimeOffset at) => new()
    {
        ["id"] = id,
        ["incident_id"] = incident,
        ["status"] = status,
        ["body"] = body,
        ["created_at"] = Formats.Iso(at),
        ["updated_at"] = Formats.Iso(at),
        ["display_at"] = Formats.Iso(at),
        ["affected_components"] = null,
        ["deliver_notifications"] = false,
    };

    private static JsonArray Touched(IReadOnlyList<StatusTouched> components) =>
        new([.. components.Select(one => (JsonNode)new JsonObject { ["id"] = one.Id, ["page_id"] = Page, ["name"] = one.Title, ["status"] = StatusWords.Of(one.State) })]);

    private static byte[] Bytes(StatusSnapshot snapshot, StatusLinks links, JsonObject content)
    {
        var whole = new JsonObject
        {
            ["page"] = new JsonObject { ["id"] = Page, ["name"] = "D&D Tracker", ["url"] = links.Page, ["time_zone"] = "Etc/UTC", ["updated_at"] = Formats.Iso(snapshot.At) },
        };
        foreach (var (name, value) in content.ToList())
        {
            content.Remove(name);
            whole[name] = value;
        }

        // The encoder that keeps < and & escaped, in case somebody puts it into a page.
        return JsonSerializer.SerializeToUtf8Bytes(whole);
    }
}
