using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Shared;

/// <summary>How long something took, or is taking: then it counts the seconds by itself.</summary>
public sealed partial class Elapsed(TimeProvider time)
{
    private Ticking? _ticking;

    [Parameter, EditorRequired]
    public required DateTimeOffset From { get; set; }

    /// <summary>Null while it goes on.</summary>
    [Parameter]
    public DateTimeOffset? To { get; set; }

    // A tenth of a second that changes once a second would look broken.
    private TimeSpan Span => To is { } end ? end - From : TimeSpan.FromSeconds(Math.Floor((time.GetUtcNow() - From).TotalSeconds));

    public void Dispose() => _ticking?.Dispose();

    protected override void OnAfterRender(bool firstRender)
    {
        if (To is not null)
            _ticking?.Dispose();
        else
            _ticking ??= new Ticking(time, TimeSpan.FromSeconds(1), () => InvokeAsync(StateHasChanged));
    }
}
