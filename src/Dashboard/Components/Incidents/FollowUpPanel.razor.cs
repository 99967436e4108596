using Dashboard.Components.Shared;
using Dashboard.Operations.Incidents;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Incidents;

/// <summary>What is to be done after an incident: written down, ticked off, and made an issue of.</summary>
public sealed partial class FollowUpPanel(IDesk desk) : ActingComponent
{
    private string _followUpId = IncidentId.New();
    private string? _text;

    /// <summary>What is being ticked, so that the box does not jump back meanwhile.</summary>
    private (string Id, bool IsDone)? _ticked;

    [Parameter, EditorRequired]
    public required Incident Incident { get; set; }

    /// <summary>Whether GitHub is configured.</summary>
    [Parameter, EditorRequired]
    public required bool MakesIssues { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnChanged { get; set; }

    private Task AddAsync() => DoAsync(new IncidentAct.AddFollowUp(_followUpId, _text));

    private bool IsDone(FollowUp one) => _ticked is { } ticked && ticked.Id == one.Id ? ticked.IsDone : one.DoneAt is not null;

    private async Task TickAsync(FollowUp one, bool isDone)
    {
        _ticked = (one.Id, isDone);
        await DoAsync(new IncidentAct.TickFollowUp(one.Id, isDone));
        _ticked = null;
    }

    private Task DoAsync(IncidentAct act) => DoAsync(
        async () =>
        {
            Problem = (await desk.ChangeIncidentAsync(Incident.Id, act, CancellationToken.None)).Problem;
            if (Problem is null && act is IncidentAct.AddFollowUp)
                (_text, _followUpId) = (null, IncidentId.New());
            await OnChanged.InvokeAsync();
        },
        "Whether it was kept is not known: press again when it is back, it is done once.");
}
