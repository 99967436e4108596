using Dashboard.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace Dashboard.Components.Plans;

/// <summary>A button that opens the plan dialogue and starts nothing itself.</summary>
public sealed partial class PlanButton(IDesk desk)
{
    private string? _mayNot;

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

    [CascadingParameter]
    private Task<AuthenticationState>? Signed { get; set; }

    private string? Because => _mayNot ?? WhyNot;

    protected override async Task OnParametersSetAsync() => _mayNot = await Rights.WhyNotAsync(Signed, desk.NeedsOf(Ask.Operation));

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _isReady = true;
        StateHasChanged();
    }
}
