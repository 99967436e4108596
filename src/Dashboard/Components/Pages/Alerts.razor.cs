using Dashboard.Components.Shared;
using Dashboard.Operations.Alerts;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>What a person should know now, who was told of it, what was before, and by which rules and channels.</summary>
public sealed partial class Alerts(IDesk desk, NavigationManager navigation, TimeProvider time)
{
    private const int LastPage = 1_000_000;
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Retry = Reading<AlertPage>.Again;

    private readonly CancellationTokenSource _leaving = new();
    private Reading<AlertPage> _page = new();
    private Ticking? _ticking;

    [SupplyParameterFromQuery]
    private string? Environment { get; set; }

    [SupplyParameterFromQuery]
    private int? Page { get; set; }

    private string? Chosen => string.IsNullOrWhiteSpace(Environment) ? null : Environment;

    private int Number => Math.Clamp(Page ?? 1, 1, LastPage);

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _ticking?.Dispose();
    }

    protected override Task OnParametersSetAsync()
    {
        _page = new Reading<AlertPage>();
        return LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ticking = new Ticking(time, Refresh, () => InvokeAsync(RefreshAsync));
    }

    private async Task LoadAsync()
    {
        var (reading, token) = (_page, _leaving.Token);
        await reading.TakeAsync(async () => await desk.AlertsAsync(Chosen, Number, token), token);
    }

    private async Task RefreshAsync()
    {
        if (_leaving.IsCancellationRequested)
            return;
        await LoadAsync();
        StateHasChanged();
    }

    private string Address(int number) => navigation.GetUriWithQueryParameter("page", number == 1 ? null : (int?)number);
}
