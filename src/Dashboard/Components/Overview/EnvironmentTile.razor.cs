using Dashboard.Components.Charts;
using Dashboard.Components.Shared;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Health;
using Dashboard.Operations.Overview;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Overview;

/// <summary>One environment at a glance, with the buttons that need one click and no question.</summary>
public sealed partial class EnvironmentTile(IDesk desk)
{
    private const string Reason = "Pressed on the overview";

    private readonly List<Run> _started = [];

    // Before its circuit stands a button would swallow the click.
    private bool _asking = true;
    private string? _refusal;
    private string? _refusedBy;

    [Parameter, EditorRequired]
    public required EnvironmentCard Card { get; set; }

    /// <summary>The newest runs, of every environment.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<Run> Runs { get; set; }

    private HealthCheck? Ping => Card.IsStale ? null : Card.Health?.Checks.FirstOrDefault(check => check.Target == HealthTargets.Ping);

    private HealthState Database => Ping?.State ?? HealthState.Unknown;

    private IReadOnlyList<ChartPoint> Points => [.. Card.Past.Select(sample => new ChartPoint(sample.At, sample.Milliseconds))];

    // A run that was just started is shown at once, not when the feed brings it.
    private IEnumerable<Run> Active => _started
        .Where(started => Runs.All(run => run.Id != started.Id))
        .Concat(Runs)
        .Where(run => run.IsActive && run.Environment == Card.Name);

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _asking = false;
        StateHasChanged();
    }

    protected override void OnParametersSet() => _started.RemoveAll(started => Runs.Any(run => run.Id == started.Id));

    private Task BackUpAsync() => StartAsync(Operation.NameOf(typeof(CreateBackup)));

    private Task CheckHealthAsync() => StartAsync(Operation.NameOf(typeof(CheckHealth)));

    private async Task StartAsync(string operation)
    {
        (_asking, _refusal, _refusedBy) = (true, null, null);
        try
        {
            Tell(await desk.StartAsync(operation, Card.Name, Reason, CancellationToken.None));
        }
        catch (UnavailableException exception)
        {
            _refusal = $"{exception.Message} Nothing was started; press again when it is back.";
        }
        finally
        {
            _asking = false;
        }
    }

    private void Tell(IntakeResult result)
    {
        switch (result)
        {
            case IntakeResult.Accepted accepted:
                _started.Add(accepted.Run);
                break;
            case IntakeResult.LeaseHeld held:
                _refusal = held.Sentence;
                _refusedBy = held.Holder.RunId;
                break;
            case IntakeResult.Invalid invalid:
                _refusal = string.Join(" ", invalid.Errors.Values.SelectMany(errors => errors));
                break;
            case IntakeResult.Blocked blocked:
                _refusal = blocked.Sentence;
                break;
            case IntakeResult.Unconfirmed unconfirmed:
                _refusal = unconfirmed.Sentence;
                break;
            case IntakeResult.UnknownOperation unknown:
                _refusal = $"This dashboard has no operation '{unknown.Name}'.";
                break;
        }
    }
}
