using Microsoft.JSInterop;

namespace Dashboard.Components.Charts;

/// <summary>A bar for each hour or day: for what is counted or summed in it.</summary>
public sealed partial class BarChart(IJSRuntime js) : PointChart(js)
{
    protected override object?[] Options => ["bar", Unit, Decimals, Days, false];
}
