using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Shared;

/// <summary>How long ago something was; keeps itself true while it is looked at.</summary>
public sealed partial class Age(TimeProvider time)
{
    private Ticking? _ticking;

    [Parameter, EditorRequired]
    public required DateTimeOffset At { get; set; }

    private TimeSpan Elapsed => time.GetUtcNow() - At;

    public void Dispose() => _ticking?.Dispose();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ticking = new Ticking(time, TimeSpan.FromSeconds(10), () => InvokeAsync(StateHasChanged));
    }
}
