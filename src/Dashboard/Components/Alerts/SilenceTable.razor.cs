using Dashboard.Components.Shared;
using Dashboard.Operations.Alerts;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Alerts;

/// <summary>What is kept quiet now, by whom and why, and the way to end it early.</summary>
public sealed partial class SilenceTable(IDesk desk) : ActingComponent
{
    [Parameter, EditorRequired]
    public required IReadOnlyList<AlertSilence> Silences { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnChanged { get; set; }

    private Task EndAsync(AlertSilence silence) => DoAsync(
        async () =>
        {
            await desk.EndSilenceAsync(silence.Id, CancellationToken.None);
            await OnChanged.InvokeAsync();
        },
        "The silence goes on; press again when it is back.");
}
