using Dashboard.Components.Shared;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Dashboard.Components.Runs;

/// <summary>The buttons of one environment that need one click and no question, with the runs that they, or anybody, started.</summary>
public sealed partial class RunStarter(IDesk desk)
{
    private readonly List<Run> _started = [];
    private readonly Dictionary<string, string?> _mayNot = new(StringComparer.Ordinal);

    // Before its circuit stands a button would swallow the click.
    private bool _asking = true;
    private Refusal? _refusal;

    [Parameter, EditorRequired]
    public required string Environment { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<StartButton> Buttons { get; set; }

    /// <summary>What the run's record says of why it was started.</summary>
    [Parameter, EditorRequired]
    public required string Reason { get; set; }

    /// <summary>The newest runs, of every environment.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<Run> Runs { get; set; }

    /// <summary>Who holds the environment now.</summary>
    [Parameter]
    public Lease? Holder { get; set; }

    /// <summary>In a row as wide as they are, instead of in halves of a tile.</summary>
    [Parameter]
    public bool IsCompact { get; set; }

    /// <summary>The same page shows them elsewhere.</summary>
    [Parameter]
    public bool HidesRuns { get; set; }

    /// <summary>More buttons, which ask before they start something.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState>? Signed { get; set; }

    // A run that was just started is shown at once, not when the feed brings it.
    private IEnumerable<Run> Active => _started
        .Where(started => Runs.All(run => run.Id != started.Id))
        .Concat(Runs)
        .Where(run => run.IsActive && run.Environment == Environment);

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _asking = false;
        StateHasChanged();
    }

    protected override async Task OnParametersSetAsync()
    {
        _started.RemoveAll(started => Runs.Any(run => run.Id == started.Id));
        foreach (var operation in Buttons.Select(button => button.Operation).Where(operation => !_mayNot.ContainsKey(operation)))
            _mayNot[operation] = await Rights.WhyNotAsync(Signed, desk.NeedsOf(operation));
    }

    private string? BecauseOf(StartButton button) => _mayNot.GetValueOrDefault(button.Operation) ?? button.WhyNot;

    private async Task StartAsync(StartButton button)
    {
        if (_asking)
            return;
        (_asking, _refusal) = (true, null);
        try
        {
            var result = await desk.StartAsync(new Press(button.Operation, Environment, Reason, button.Request), CancellationToken.None);
            _refusal = Refusal.Of(result);
            if (result is IntakeResult.Accepted accepted)
                _started.Add(accepted.Run);
        }
        catch (UnavailableException exception)
        {
            _refusal = Refusal.Of(exception);
        }
        finally
        {
            _asking = false;
        }
    }
}
