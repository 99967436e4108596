using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Dashboard.Components.Charts;

/// <summary>A small line over time. Its module alone knows Chart.js; the same numbers stand in a table behind a disclosure.</summary>
public sealed partial class LineChart(IJSRuntime js)
{
    internal const string ModulePath = "./Components/Charts/LineChart.razor.js";

    private ElementReference _canvas;
    private IJSObjectReference? _module;
    private IJSObjectReference? _chart;
    private IReadOnlyList<ChartPoint> _drawn = [];

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

    /// <summary>Each value is an event of its own, not a sample of something that goes on: it is marked.</summary>
    [Parameter]
    public bool Marked { get; set; }

    private string Latest => Points.Count == 0 ? string.Empty : $"{Number(Points[^1].Value)} {Unit}";

    private string Description => Points.Count == 0
        ? $"{Label}: no values."
        : $"{Label}: {Points.Count} values from {Number(Points.Min(point => point.Value))} to {Number(Points.Max(point => point.Value))} {Unit}, the latest {Latest}.";

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_chart is not null)
            {
                await _chart.InvokeVoidAsync("destroy");
                await _chart.DisposeAsync();
            }

            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser went first.
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _module = await js.InvokeAsync<IJSObjectReference>("import", ModulePath);
            _chart = await _module.InvokeAsync<IJSObjectReference>("create", _canvas, Unit, Decimals, Days, Marked);
        }

        if (_chart is null || Points.SequenceEqual(_drawn))
            return;
        _drawn = Points;

        // One argument that is a list: an array would be spread over many.
        await _chart.InvokeVoidAsync("show", Points.Select(point => new Drawn(point.At.ToUnixTimeMilliseconds(), point.Value)).ToList());
    }

    private string Number(double value) => value.ToString($"N{Decimals}", CultureInfo.InvariantCulture);

    /// <summary>What Chart.js draws: x in milliseconds since 1970.</summary>
    internal sealed record Drawn(long X, double Y);
}
