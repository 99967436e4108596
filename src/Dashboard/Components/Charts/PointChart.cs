using Dashboard.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Dashboard.Components.Charts;

/// <summary>Values over time, as a line or as bars: its words are the same for both.</summary>
public abstract class PointChart(IJSRuntime js) : CanvasChart<DrawnPoints>(js)
{
    internal const string ModulePath = "./Components/Charts/LineChart.razor.js";

    [Parameter, EditorRequired]
    public required string Label { get; set; }

    [Parameter, EditorRequired]
    public required string Unit { get; set; }

    /// <summary>Oldest first.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<ChartPoint> Points { get; set; }

    /// <summary>Digits behind the point.</summary>
    [Parameter]
    public int Decimals { get; set; }

    /// <summary>The points are days apart, not minutes: the axis has dates.</summary>
    [Parameter]
    public bool Days { get; set; }

    protected override string Module => ModulePath;

    protected override DrawnPoints? Drawing => DrawnPoints.Of(Points);

    protected string Latest => Points.Count == 0 ? string.Empty : $"{Number(Points[^1].Value)} {Unit}";

    protected string Description => Points.Count == 0
        ? $"{Label}: no values."
        : $"{Label}: {Points.Count} values from {Number(Points.Min(point => point.Value))} to {Number(Points.Max(point => point.Value))} {Unit}, the latest {Latest}.";

    private string Number(double value) => Formats.Number(value, Decimals);
}
