using Dashboard.Components.Shared;
using Dashboard.Operations.Incidents;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Incidents;

/// <summary>What the team writes for itself: notes, the root cause, and that the runbook is up to date.</summary>
public sealed partial class NoteForm(IDesk desk) : ActingComponent
{
    private string _noteId = IncidentId.New();
    private string? _text;

    [Parameter, EditorRequired]
    public required Incident Incident { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnChanged { get; set; }

    private Task AddAsync() => DoAsync(new IncidentAct.Note(_noteId, _text));

    private Task DoAsync(IncidentAct act) => DoAsync(
        async () =>
        {
            Problem = (await desk.ChangeIncidentAsync(Incident.Id, act, CancellationToken.None)).Problem;
            if (Problem is not null)
                return;
            (_text, _noteId) = (act is IncidentAct.RunbookDone ? _text : null, IncidentId.New());
            await OnChanged.InvokeAsync();
        },
        "Whether it was kept is not known: press again when it is back, it is kept once.");
}
