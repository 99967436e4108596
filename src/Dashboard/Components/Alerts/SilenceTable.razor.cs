using Dashboard.Components.Shared;
using Dashboard.Operations.Alerts;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Alerts;

/// <summary>What is kept quiet now, by whom and why, and the way to end it early.</summary>
public sealed partial class SilenceTable(IDesk desk)
{
    private bool _isBusy = true;
    private string? _problem;

    [Parameter, EditorRequired]
    public required IReadOnlyList<AlertSilence> Silences { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnChanged { get; set; }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _isBusy = false;
        StateHasChanged();
    }

    private async Task EndAsync(AlertSilence silence)
    {
        (_isBusy, _problem) = (true, null);
        try
        {
            await desk.EndSilenceAsync(silence.Id, CancellationToken.None);
            await OnChanged.InvokeAsync();
        }
        catch (UnavailableException exception)
        {
            _problem = $"{exception.Message} The silence goes on; press again when it is back.";
        }
        finally
        {
            _isBusy = false;
        }
    }
}
