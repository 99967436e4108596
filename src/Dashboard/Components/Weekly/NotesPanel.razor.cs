using Dashboard.Components.Shared;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Weekly;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Weekly;

/// <summary>What was written about the week, and a place to write more; nothing that was written can be changed.</summary>
public sealed partial class NotesPanel(IDesk desk) : ActingComponent
{
    private string? _text;

    [Parameter, EditorRequired]
    public required IReadOnlyList<WeeklyNote> Notes { get; set; }

    [Parameter, EditorRequired]
    public required IsoWeek Week { get; set; }

    [Parameter]
    public EventCallback OnAdded { get; set; }

    private Task AddAsync() => DoAsync(
        async () =>
        {
            Problem = await desk.AddNoteAsync(Week, _text, CancellationToken.None);
            if (Problem is not null)
                return;
            _text = null;
            await OnAdded.InvokeAsync();
        },
        "The note was not kept; press again when it is back.");
}
