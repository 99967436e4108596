using Dashboard.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Dashboard.Components.Charts;

/// <summary>A share between nothing and all, with where it begins to be good, doubtful and bad.</summary>
public sealed partial class Gauge(IJSRuntime js) : CanvasChart<Gauge.Level>(js)
{
    internal const string ModulePath = "./Components/Charts/Gauge.razor.js";

    [Parameter, EditorRequired]
    public required string Label { get; set; }

    /// <summary>0 to 1; null when nothing is known, which is not the same as nothing.</summary>
    [Parameter, EditorRequired]
    public required double? Share { get; set; }

    /// <summary>From where on it is good.</summary>
    [Parameter]
    public double Good { get; set; } = 0.95;

    /// <summary>From where on it is a warning; below it is critical.</summary>
    [Parameter]
    public double Warning { get; set; } = 0.8;

    /// <summary>Below this it fails.</summary>
    [Parameter]
    public double Critical { get; set; } = 0.5;

    protected override string Module => ModulePath;

    protected override object?[] Options => [];

    protected override Level? Drawing => new(Share ?? 0, Look.Tone.ToString().ToLowerInvariant());

    private (string Icon, string Text, Tone Tone) Look => Share switch
    {
        null => (Icons.Material.Outlined.HelpOutline, "Unknown", Tone.Quiet),
        var share when share >= Good => (Icons.Material.Outlined.CheckCircle, "Good", Tone.Good),
        var share when share >= Warning => (Icons.Material.Outlined.ReportProblem, "Warning", Tone.Caution),
        var share when share >= Critical => (Icons.Material.Outlined.Cancel, "Critical", Tone.Bad),
        _ => (Icons.Material.Outlined.Cancel, "Failing", Tone.Bad),
    };

    private string Text => Share is { } share ? Formats.Percent(share) : "–";

    private string Scale => $"Good from {Formats.Percent(Good)}, critical below {Formats.Percent(Warning)}, failing below {Formats.Percent(Critical)}.";

    private string Description => $"{Label}: {(Share is null ? "unknown" : $"{Text}, {Look.Text.ToLowerInvariant()}")}. {Scale}";

    /// <param name="Share">0 to 1.</param>
    /// <param name="Grade">good, caution, bad or quiet.</param>
    public sealed record Level(double Share, string Grade);
}
