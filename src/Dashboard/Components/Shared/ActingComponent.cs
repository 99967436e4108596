using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Shared;

/// <summary>
/// A component whose buttons do something at once: while one is at work, and before its circuit stands, when a button would swallow the click,
/// all are disabled; what could not be done is a sentence.
/// </summary>
public abstract class ActingComponent : ComponentBase
{
    protected bool IsBusy { get; private set; } = true;

    /// <summary>Null while nothing went wrong.</summary>
    protected string? Problem { get; set; }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
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
