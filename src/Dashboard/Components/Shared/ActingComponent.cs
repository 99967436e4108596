using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Dashboard.Components.Shared;

/// <summary>
/// A component whose buttons do something at once: while one is at work, and before its circuit stands, when a button would swallow the click,
/// all are disabled; what could not be done is a sentence.
/// </summary>
public abstract class ActingComponent : ComponentBase
{
    protected bool IsBusy { get; private set; } = true;

    /// <summary>The least role whose buttons they are.</summary>
    protected virtual Role Needs => Role.Operator;

    [CascadingParameter]
    private Task<AuthenticationState>? Signed { get; set; }

    /// <summary>Null while nothing went wrong.</summary>
    protected string? Problem { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // For whoever only looks, they stay so.
        if (!firstRender || await Rights.WhyNotAsync(Signed, Needs) is not null)
            return;
        IsBusy = false;
        StateHasChanged();
    }

    /// <param name="otherwise">What is so when it cannot be done now, and the next step.</param>
    protected async Task DoAsync(Func<Task> act, string otherwise)
    {
        if (IsBusy)
            return;
        (IsBusy, Problem) = (true, null);
        try
        {
            await act();
        }
        catch (NotDoneException exception)
        {
            Problem = exception.Message;
        }
        catch (UnavailableException exception)
        {
            Problem = $"{exception.Message} {otherwise}";
        }
        finally
        {
            IsBusy = false;
        }
    }
}
