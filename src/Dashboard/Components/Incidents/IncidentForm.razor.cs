using Dashboard.Components.Shared;
using Dashboard.Operations.Incidents;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Incidents;

/// <summary>Asks what is wrong and opens an incident of it; pressed twice it opens one.</summary>
public sealed partial class IncidentForm(IDesk desk, NavigationManager navigation, TimeProvider time) : ActingComponent
{
    private const int LongestAgo = 7 * 24 * 60;

    private readonly string _id = IncidentId.New();
    private readonly Dictionary<(string Environment, ComponentPart Part), ComponentState> _chosen = [];
    private string? _title;
    private string? _update;
    private IncidentSeverity _severity = IncidentSeverity.Major;
    private IncidentKind _kind = IncidentKind.Deployment;
    private int _minutesAgo;

    [Parameter, EditorRequired]
    public required IReadOnlyList<ComponentChoice> Choices { get; set; }

    private Task OpenAsync() => DoAsync(
        async () =>
        {
            var began = time.GetUtcNow().AddMinutes(-Math.Clamp(_minutesAgo, 0, LongestAgo));
            var draft = new IncidentDraft(_id, _title, _severity, _kind, [.. _chosen.Select(one => new IncidentComponent(one.Key.Environment, one.Key.Part, one.Value))], _update, began);
            var answer = await desk.OpenIncidentAsync(draft, CancellationToken.None);
            Problem = answer.Problem;
            if (answer.Incident is { } incident)
                navigation.NavigateTo($"incidents/{incident.Id}");
        },
        "Whether it was opened is not known: press again when it is back, it is opened once.");
}
