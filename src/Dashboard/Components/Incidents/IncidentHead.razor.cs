using Dashboard.Components.Shared;
using Dashboard.Operations.Incidents;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Incidents;

/// <summary>What is known of an incident, who is on it, and the decision that the runbook asks for.</summary>
public sealed partial class IncidentHead(IDesk desk) : ActingComponent
{
    private string _task = string.Empty;
    private string? _person;

    [Parameter, EditorRequired]
    public required IncidentDetail Detail { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnChanged { get; set; }

    private Incident Incident => Detail.Incident;

    // Once, so that the reader's choice stays when the page reads again.
    protected override void OnInitialized() => _task = Incident.RolesOf(Detail.Settings.Roles)[0];

    private Task AssignAsync() => DoAsync(new IncidentAct.Assign(_task, _person));

    private Task DoAsync(IncidentAct act) => DoAsync(
        async () =>
        {
            Problem = (await desk.ChangeIncidentAsync(Incident.Id, act, CancellationToken.None)).Problem;
            await OnChanged.InvokeAsync();
        },
        "Nothing was changed; press again when it is back.");
}
