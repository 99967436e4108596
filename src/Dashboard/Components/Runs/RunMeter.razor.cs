using Dashboard.Components.Shared;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Runs;

/// <summary>How far a run is in its current step, in the step's own units, with the time that is left.</summary>
public sealed partial class RunMeter(TimeProvider time)
{
    [Parameter, EditorRequired]
    public required Run Run { get; set; }

    private string? TimeLeft => Run.Progress is { } progress && Run.Steps is [.., var step]
        ? Formats.TimeLeft(progress, time.GetUtcNow() - step.StartedAt)
        : null;
}
