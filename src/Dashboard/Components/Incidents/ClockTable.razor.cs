using Dashboard.Components.Shared;
using Dashboard.Operations.Incidents;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Incidents;

/// <summary>The runbook's clocks of an incident; they count by themselves.</summary>
public sealed partial class ClockTable(TimeProvider time)
{
    private Ticking? _ticking;

    [Parameter, EditorRequired]
    public required IReadOnlyList<IncidentClock> Clocks { get; set; }

    private DateTimeOffset Now => time.GetUtcNow();

    public void Dispose() => _ticking?.Dispose();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ticking = new Ticking(time, TimeSpan.FromSeconds(1), () => InvokeAsync(StateHasChanged));
    }

    private string Told(IncidentClock clock) => (clock.StateAt(Now), clock.From, clock.Due) switch
    {
        (ClockState.Running, _, { } due) => $"{Formats.WholeSeconds(due - Now)} left",
        (ClockState.Overdue, _, { } due) => $"overdue by {Formats.WholeSeconds(Now - due)}",
        (ClockState.Met or ClockState.Missed, { } from, _) => $"after {Formats.Duration((clock.DoneAt ?? from) - from)} of {Formats.Duration(clock.Allowed)}",
        _ => "–",
    };
}
