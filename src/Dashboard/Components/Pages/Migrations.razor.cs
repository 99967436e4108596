using Dashboard.Components.Shared;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>What is pending and what was executed in each database, and the ways to run and to take back.</summary>
public sealed partial class Migrations(IDesk desk, NavigationManager navigation, TimeProvider time)
{
    private const int Followed = 50;
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _leaving = new();
    private readonly Reading<IReadOnlyList<MigrationSection>> _sections = new();
    private IReadOnlyList<Run> _runs = [];
    private IDisposable? _feed;
    private Ticking? _ticking;

    [SupplyParameterFromQuery]
    private string? Environment { get; set; }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _feed?.Dispose();
        _ticking?.Dispose();
    }

    protected override Task OnInitializedAsync() => LoadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _feed = desk.FollowRecent(Followed, runs => _ = InvokeAsync(() => Show(runs)));
        _ticking = new Ticking(time, Refresh, () => InvokeAsync(RefreshAsync));
    }

    private void Show(IReadOnlyList<Run> runs)
    {
        _runs = runs;
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        var token = _leaving.Token;
        await _sections.TakeAsync(async () => await desk.MigrationsAsync(token), token);
    }

    private async Task RefreshAsync()
    {
        if (_leaving.IsCancellationRequested)
            return;
        await LoadAsync();
        StateHasChanged();
    }

    private bool IsShown(MigrationSection section) => string.IsNullOrEmpty(Environment) || Environment == section.Environment;

    private void Choose(object? value) =>
        navigation.NavigateTo(navigation.GetUriWithQueryParameter("environment", value is string { Length: > 0 } chosen ? chosen : null));
}
