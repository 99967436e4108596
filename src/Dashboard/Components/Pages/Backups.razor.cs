using Dashboard.Components.Shared;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>Every backup with how far it is proven, what they need of the disk, and when the next ones come.</summary>
public sealed partial class Backups(IDesk desk, NavigationManager navigation, TimeProvider time)
{
    private const int Followed = 50;
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Retry = Reading<Run>.Again;

    private readonly CancellationTokenSource _leaving = new();
    private readonly Reading<BackupPage> _page = new();
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
        _feed = desk.FollowRecent(Followed, runs => _ = InvokeAsync(() => ShowAsync(runs)));
        _ticking = new Ticking(time, Refresh, () => InvokeAsync(RefreshAsync));
    }

    private async Task LoadAsync()
    {
        var token = _leaving.Token;
        await _page.TakeAsync(async () => await desk.BackupsAsync(token), token);
    }

    private async Task RefreshAsync()
    {
        if (_leaving.IsCancellationRequested)
            return;
        await LoadAsync();
        StateHasChanged();
    }

    private async Task ShowAsync(IReadOnlyList<Run> runs)
    {
        var before = Ended(_runs);
        _runs = runs;
        StateHasChanged();

        // A run that ended may have brought, proven or deleted a backup.
        if (!before.SetEquals(Ended(runs)))
            await RefreshAsync();
    }

    private bool IsShown(BackupSection section) => IsChosen(section.Environment);

    private bool IsChosen(string environment) => string.IsNullOrEmpty(Environment) || Environment == environment;

    private void Choose(object? value) =>
        navigation.NavigateTo(navigation.GetUriWithQueryParameter("environment", value is string { Length: > 0 } chosen ? chosen : null));

    private static HashSet<string> Ended(IReadOnlyList<Run> runs) =>
        runs.Where(run => !run.IsActive).Select(run => run.Id).ToHashSet(StringComparer.Ordinal);
}
