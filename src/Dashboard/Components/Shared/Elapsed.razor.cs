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

    private string Text => To is { } end ? Formats.Duration(end - From) : Formats.WholeSeconds(time.GetUtcNow() - From);

    public void Dispose() => _ticking?.Dispose();

    protected override void OnAfterRender(bool firstRender)
    {
        if (To is not null)
            _ticking?.Dispose();
        else
            _ticking ??= new Ticking(time, TimeSpan.FromSeconds(1), () => InvokeAsync(StateHasChanged));
    }
}
