using Dashboard.Components.Runs;
using Dashboard.Operations.Deployments;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Dashboard.Components.Deployments;

/// <summary>What runs in one environment, how it came there, and what can be done about it.</summary>
public sealed partial class DeploymentSectionPanel
{
    [Parameter, EditorRequired]
    public required DeploymentSection Section { get; set; }

    /// <summary>The newest runs, of every environment.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<Run> Runs { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnRetry { get; set; }

    private string Summary => Section.Status switch
    {
        null => "unknown",
        { Machines.Count: 0 } => "no machine",
        { IsStopped: true } => "stopped",
        { IsMixed: true } status => $"different images on {Counted.Machines(status.Machines.Count)}",
        { Version: null } status => $"{status.Image}, version not known, on {Counted.Machines(status.Machines.Count)}",
        var status => $"version {status.Version} on {Counted.Machines(status.Machines.Count)}",
    };

    private string? WhyNotBack => Section.Earlier.Count == 0 && Section.Status is not null ? "There is no earlier good release." : null;

    private IReadOnlyList<StartButton> Buttons =>
    [
        new(Operation.NameOf(typeof(StartApplication)), "Start", Icons.Material.Outlined.PlayCircle)
        {
            WhyNot = Section.Status is { IsStopped: false } status && status.Machines.All(machine => machine.State != Operations.Platforms.MachineState.Stopped) ? "Every machine runs." : null,
            Variant = Variant.Outlined,
        },
    ];
}
