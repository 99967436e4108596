using Dashboard.Components.Shared;
using Dashboard.Operations.Incidents;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Incidents;

/// <summary>Writes an update for the status page, or the last one, which resolves the incident.</summary>
public sealed partial class UpdateForm(IDesk desk) : ActingComponent
{
    private string _updateId = IncidentId.New();
    private UpdateStatus _status;
    private string? _text;
    private Dictionary<(string Environment, ComponentPart Part), ComponentState> _chosen = [];

    [Parameter, EditorRequired]
    public required Incident Incident { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnChanged { get; set; }

    private IReadOnlyList<ComponentChoice> Touched =>
        [.. Incident.Components.Select(one => new ComponentChoice(one.Environment, one.Part, $"{one.Environment}: {one.Part.ToString().ToLowerInvariant()}"))];

    // Once, so that what the reader has chosen is not taken away when the page reads again.
    protected override void OnInitialized()
    {
        _status = Incident.Status;
        _chosen = Incident.Components.ToDictionary(one => (one.Environment, one.Part), one => one.State);
    }

    private Task SendAsync() => DoAsync(
        async () =>
        {
            Problem = (await desk.ChangeIncidentAsync(Incident.Id, Act(), CancellationToken.None)).Problem;
            if (Problem is not null)
                return;
            (_text, _updateId) = (null, IncidentId.New());
            await OnChanged.InvokeAsync();
        },
        "Whether the world was told is not known: press again when it is back, it is told once.");

    private IncidentAct Act() => _status == UpdateStatus.Resolved
        ? new IncidentAct.Resolve(_text)
        : new IncidentAct.Update(_updateId, _status, _text, [.. _chosen.Select(one => new IncidentComponent(one.Key.Environment, one.Key.Part, one.Value))]);
}
