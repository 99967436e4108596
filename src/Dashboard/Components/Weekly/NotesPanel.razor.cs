using Dashboard.Components.Shared;
using Dashboard.Operations.Metrics;
using Dashboard.Operations.Weekly;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Weekly;

/// <summary>What was written about the week, and a place to write more; nothing that was written can be changed.</summary>
public sealed partial class NotesPanel(IDesk desk)
{
    private string? _text;
    private string? _problem;

    // Before its circuit stands the button would swallow the click.
    private bool _isSaving = true;

    [Parameter, EditorRequired]
    public required IReadOnlyList<WeeklyNote> Notes { get; set; }

    [Parameter, EditorRequired]
    public required IsoWeek Week { get; set; }

    [Parameter]
    public EventCallback OnAdded { get; set; }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _isSaving = false;
        StateHasChanged();
    }

    private async Task AddAsync()
    {
        if (_isSaving)
            return;
        (_isSaving, _problem) = (true, null);
        try
        {
            _problem = await desk.AddNoteAsync(Week, _text, CancellationToken.None);
            if (_problem is not null)
                return;
            _text = null;
            await OnAdded.InvokeAsync();
        }
        catch (UnavailableException exception)
        {
            _problem = $"The note was not kept: {exception.Message}";
        }
        finally
        {
            _isSaving = false;
        }
    }
}
