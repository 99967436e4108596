using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Dashboard.Components.Charts;

/// <summary>A small line over time. Its module alone knows Chart.js; the same numbers stand in a table behind a disclosure.</summary>
public sealed partial class LineChart(IJSRuntime js) : PointChart(js)
{
    /// <summary>Each value is an event of its own, not a sample of something that goes on: it is marked.</summary>
    [Parameter]
    public bool Marked { get; set; }

    protected override object?[] Options => ["line", Unit, Decimals, Days, Marked];
}
