using Dashboard.Components.Shared;
using Dashboard.Operations.Backups;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Backups;

/// <summary>What a restore keeps of the time before it, until when, and the button that brings it back.</summary>
public sealed partial class KeptNotice(TimeProvider time)
{
    private Ticking? _ticking;

    [Parameter, EditorRequired]
    public required KeptData Kept { get; set; }

    private bool CanBeUndone => Kept.CanBeUndone(time.GetUtcNow());

    private string Left => $"{Formats.Span(Kept.Until - time.GetUtcNow())} from now";

    private string What => Kept.Archive is null ? "undo" : "restore";

    public void Dispose() => _ticking?.Dispose();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ticking = new Ticking(time, TimeSpan.FromSeconds(10), () => InvokeAsync(StateHasChanged));
    }
}
