using Dashboard.Components.Shared;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>One backup: how far it is proven, what is in it, and the ways to restore it, also without this dashboard.</summary>
public sealed partial class Backup(IDesk desk, TimeProvider time)
{
    private const int Followed = 50;
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Retry = Reading<Run>.Again;

    private readonly CancellationTokenSource _leaving = new();
    private Reading<BackupDetail> _backup = new();
    private IReadOnlyList<Run> _runs = [];
    private string? _shownName;
    private IDisposable? _feed;
    private Ticking? _ticking;

    [Parameter, EditorRequired]
    public required string Name { get; set; }

    private string Label => _backup.Value is { Entry.IsProven: true } ? "Verify again" : "Verify";

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _feed?.Dispose();
        _ticking?.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_shownName == Name)
            return;
        (_shownName, _backup) = (Name, new Reading<BackupDetail>());
        await LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _feed = desk.FollowRecent(Followed, runs => _ = InvokeAsync(() => ShowAsync(runs)));
        _ticking = new Ticking(time, Refresh, () => InvokeAsync(RefreshAsync));
    }

    private async Task LoadAsync()
    {
        var (reading, token) = (_backup, _leaving.Token);
        await reading.TakeAsync(async () => await desk.FindBackupAsync(Name, token), token);
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

        // A run that ended may have proven it, or deleted it.
        if (!before.SetEquals(Ended(runs)))
            await RefreshAsync();
    }

    private static HashSet<string> Ended(IReadOnlyList<Run> runs) =>
        runs.Where(run => !run.IsActive).Select(run => run.Id).ToHashSet(StringComparer.Ordinal);
}
