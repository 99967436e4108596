using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Dashboard.Components.Plans;

/// <summary>A button that opens the plan dialogue and starts nothing itself.</summary>
public sealed partial class PlanButton
{
    // Before its circuit stands a button would swallow the click.
    private bool _isReady;
    private bool _isOpen;

    [Parameter, EditorRequired]
    public required PlanAsk Ask { get; set; }

    [Parameter, EditorRequired]
    public required string Label { get; set; }

    [Parameter, EditorRequired]
    public required string Icon { get; set; }

    [Parameter]
    public Variant Variant { get; set; } = Variant.Outlined;

    [Parameter]
    public Size Size { get; set; } = Size.Medium;

    /// <summary>Why it cannot be pressed now; null when it can.</summary>
    [Parameter]
    public string? WhyNot { get; set; }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _isReady = true;
        StateHasChanged();
    }
}
