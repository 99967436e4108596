using Dashboard.Components.Shared;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Runs;

/// <summary>The Cancel button of an active run, with what a cancel would do right now.</summary>
public sealed partial class CancelRun(IDesk desk)
{
    // Before its circuit stands a button would swallow the click.
    private bool _asking = true;
    private string? _problem;

    [Parameter, EditorRequired]
    public required Run Run { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback<Run> OnAsked { get; set; }

    private StepStop Stop => Run.Steps is [.., var step] ? step.Stop : StepStop.Now;

    private string Words => Run.State == RunState.Queued ? "It has not begun: a cancel ends it at once." : Looks.Of(Stop);

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _asking = false;
        StateHasChanged();
    }

    private async Task CancelAsync()
    {
        (_asking, _problem) = (true, null);
        try
        {
            if (await desk.CancelAsync(Run.Id, CancellationToken.None) is { } asked)
                await OnAsked.InvokeAsync(asked);
        }
        catch (UnavailableException exception)
        {
            _problem = $"{exception.Message} The cancel was not asked for; press again when it is back.";
        }
        finally
        {
            _asking = false;
        }
    }
}
