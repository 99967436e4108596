using Dashboard.Components.Shared;
using Dashboard.Operations.Overview;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>One environment: how it is, what each check said, how it was for ninety days, and what runs.</summary>
public sealed partial class EnvironmentPage(IDesk desk, TimeProvider time)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _leaving = new();
    private readonly Reading<EnvironmentDetail> _detail = new();
    private Ticking? _ticking;

    [Parameter]
    public required string Name { get; set; }

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
        await _detail.TakeAsync(async () => await desk.FindEnvironmentAsync(Name, token), token);
    }

    private async Task RefreshAsync()
    {
        if (_leaving.IsCancellationRequested)
            return;
        await LoadAsync();
        StateHasChanged();
    }
}
