using Dashboard.Components.Shared;
using Dashboard.Operations.Maintenance;

namespace Dashboard.Components.Pages;

/// <summary>What is in maintenance now, with the way out of it, and the calendar of windows ahead and past.</summary>
public sealed partial class Maintenance(IDesk desk, TimeProvider time)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Retry = Reading<MaintenancePage>.Again;

    private readonly CancellationTokenSource _leaving = new();
    private readonly Reading<MaintenancePage> _page = new();
    private Ticking? _ticking;

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _ticking?.Dispose();
    }

    protected override Task OnInitializedAsync() => LoadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ticking = new Ticking(time, Refresh, () => InvokeAsync(RefreshAsync));
    }

    private async Task LoadAsync()
    {
        var token = _leaving.Token;
        await _page.TakeAsync(async () => await desk.MaintenanceAsync(token), token);
    }

    private async Task RefreshAsync()
    {
        if (_leaving.IsCancellationRequested)
            return;
        await LoadAsync();
        StateHasChanged();
    }
}
