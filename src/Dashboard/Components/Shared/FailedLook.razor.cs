using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Shared;

/// <summary>Why something is not there, with a button to try again; may also try by itself for as long as it is shown.</summary>
public sealed partial class FailedLook(TimeProvider time)
{
    private Ticking? _ticking;

    [Parameter, EditorRequired]
    public required string Title { get; set; }

    [Parameter, EditorRequired]
    public required string Problem { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnRetry { get; set; }

    /// <summary>Null: only a person tries again.</summary>
    [Parameter]
    public TimeSpan? Again { get; set; }

    public void Dispose() => _ticking?.Dispose();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && Again is { } interval)
            _ticking = new Ticking(time, interval, () => InvokeAsync(RetryAsync));
    }

    private Task RetryAsync() => OnRetry.InvokeAsync();
}
