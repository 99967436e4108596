using Dashboard.Components.Shared;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

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

    [CascadingParameter]
    private Task<AuthenticationState>? Signed { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender || await Rights.WhyNotAsync(Signed, Role.Operator) is not null)
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
        catch (NotDoneException exception)
        {
            _problem = exception.Message;
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
