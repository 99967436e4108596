using Dashboard.Components.Backups;
using Dashboard.Components.Charts;
using Dashboard.Components.Runs;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Health;
using Dashboard.Operations.Overview;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Dashboard.Components.Overview;

/// <summary>One environment at a glance, with the buttons that need one click and no question.</summary>
public sealed partial class EnvironmentTile
{
    internal const string Reason = "Pressed on the overview";

    private static readonly IReadOnlyList<StartButton> Buttons =
    [
        BackupButtons.BackUp,
        new(Operation.NameOf(typeof(CheckHealth)), "Check health", Icons.Material.Outlined.MonitorHeart),
    ];

    [Parameter, EditorRequired]
    public required EnvironmentCard Card { get; set; }

    /// <summary>The newest runs, of every environment.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<Run> Runs { get; set; }

    /// <summary>What restores of this environment keep of the time before them, as far as it can still be brought back.</summary>
    [Parameter]
    public IReadOnlyList<KeptData> Kept { get; set; } = [];

    private HealthCheck? Ping => Card.IsStale ? null : Card.Health?.Checks.FirstOrDefault(check => check.Target == HealthTargets.Ping);

    private HealthState Database => Ping?.State ?? HealthState.Unknown;

    private IReadOnlyList<ChartPoint> Points => [.. Card.Past.Select(sample => new ChartPoint(sample.At, sample.Milliseconds))];
}
