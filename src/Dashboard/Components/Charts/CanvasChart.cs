using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Dashboard.Components.Charts;

/// <summary>A canvas that the module beside the component draws on: made once, shown again when the drawing has changed, destroyed with the component.</summary>
/// <typeparam name="TDrawing">Compared by its value, so a record.</typeparam>
public abstract class CanvasChart<TDrawing>(IJSRuntime js) : ComponentBase, IAsyncDisposable
    where TDrawing : class
{
    private IJSObjectReference? _module;
    private IJSObjectReference? _chart;
    private TDrawing? _drawn;

    protected ElementReference Canvas { get; set; }

    protected abstract string Module { get; }

    /// <summary>What the module is told once, after the canvas.</summary>
    protected abstract object?[] Options { get; }

    /// <summary>What is to be seen now; null is an empty canvas.</summary>
    protected abstract TDrawing? Drawing { get; }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
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
            _module = await js.InvokeAsync<IJSObjectReference>("import", Module);
            _chart = await _module.InvokeAsync<IJSObjectReference>("create", [Canvas, .. Options]);
        }

        if (_chart is null || Drawing is not { } drawing || drawing.Equals(_drawn))
            return;
        _drawn = drawing;

        // One argument that is an object: an array would be spread over many.
        await _chart.InvokeVoidAsync("show", drawing);
    }
}

/// <summary>Points as a module draws them, equal when all of them are.</summary>
public sealed record DrawnPoints(IReadOnlyList<DrawnPoint> Points)
{
    internal static DrawnPoints? Of(IReadOnlyList<ChartPoint> points) =>
        points.Count == 0 ? null : new DrawnPoints([.. points.Select(point => new DrawnPoint(point.At.ToUnixTimeMilliseconds(), point.Value))]);

    public bool Equals(DrawnPoints? other) => other is not null && Points.SequenceEqual(other.Points);

    public override int GetHashCode() => Points.Count;
}

/// <param name="X">Milliseconds since 1970.</param>
public sealed record DrawnPoint(long X, double Y);
