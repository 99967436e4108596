using Dashboard.Components.Shared;
using Dashboard.Operations.Deployments;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>One release: its phases with their durations, who wanted it and why, and what is different from the one before.</summary>
public sealed partial class Deployment(IDesk desk, TimeProvider time)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _leaving = new();
    private readonly Reading<ReleaseDetail> _release = new();
    private Ticking? _ticking;

    [Parameter]
    public required string Id { get; set; }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _ticking?.Dispose();
    }

    protected override Task OnParametersSetAsync() => LoadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ticking = new Ticking(time, Refresh, () => InvokeAsync(RefreshAsync));
    }

    private async Task LoadAsync()
    {
        var token = _leaving.Token;
        await _release.TakeAsync(async () => await desk.FindReleaseAsync(Id, token), token);
    }

    /// <summary>What has ended does not change any more.</summary>
    private async Task RefreshAsync()
    {
        if (_leaving.IsCancellationRequested || _release.Value is { Release.State: not ReleaseState.Unfinished })
            return;
        await LoadAsync();
        StateHasChanged();
    }
}
