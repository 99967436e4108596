using Dashboard.Components.Shared;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Overview;
using Dashboard.Operations.Running;

namespace Dashboard.Components.Pages;

/// <summary>What is so in every environment, what runs now, and the big buttons.</summary>
public sealed partial class Overview(IDesk desk, TimeProvider time)
{
    private const int Followed = 50;
    private const int Shown = 8;
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Redraw = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Retry = Reading<Run>.Again;

    private readonly Reading<IReadOnlyList<EnvironmentCard>> _cards = new();
    private readonly Reading<IReadOnlyList<BackupHealthReport>> _health = new();
    private readonly Reading<IReadOnlyList<KeptData>> _kept = new();
    private readonly Reading<OpenAlerts> _alerts = new();
    private readonly Reading<Board> _board = new();
    private readonly Reading<IReadOnlyList<Run>> _runs = new();
    private readonly CancellationTokenSource _leaving = new();
    private IDisposable? _feed;
    private Ticking? _ticking;
    private Ticking? _drawing;
    private TimeSpan? _window;

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _feed?.Dispose();
        _ticking?.Dispose();
        _drawing?.Dispose();
    }

    protected override async Task OnInitializedAsync() => await Task.WhenAll(LoadCardsAsync(), LoadRunsAsync(), LoadBoardAsync());

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _feed = desk.FollowRecent(Followed, runs => _ = InvokeAsync(() => ShowAsync(runs)));
        _ticking = new Ticking(time, Refresh, () => InvokeAsync(RefreshAsync));
        _drawing = new Ticking(time, _board.Value?.Refresh ?? Redraw, () => InvokeAsync(DrawAgainAsync));
    }

    // What is known of backups and alerts stays as it was while it cannot be read: the cards' notice tells that.
    private Task LoadCardsAsync() =>
        Task.WhenAll(LoadAsync(_cards, desk.CardsAsync), LoadAsync(_health, desk.BackupHealthAsync), LoadAsync(_kept, desk.KeptAsync), LoadAsync(_alerts, desk.OpenAlertsAsync));

    // As with the backups: what was last drawn stays while it cannot be read.
    private Task LoadBoardAsync()
    {
        var token = _leaving.Token;
        return _board.TakeAsync(async () => await desk.BoardAsync(_window, token), token);
    }

    private Task ChooseWindowAsync(TimeSpan window)
    {
        _window = window;
        return LoadBoardAsync();
    }

    private Task LoadRunsAsync() => LoadAsync(_runs, token => desk.RunsAsync(new RunFilter(), Followed, before: null, token));

    private async Task LoadAsync<T>(Reading<T> reading, Func<CancellationToken, Task<T>> read)
        where T : class
    {
        var token = _leaving.Token;
        await reading.TakeAsync(async () => await read(token), token);
    }

    // The newest alone: the older ones are on the page of backups.
    private IReadOnlyList<KeptData> KeptOf(string environment) =>
        [.. (_kept.Value ?? []).Where(kept => kept.Environment == environment && kept.CanBeUndone(time.GetUtcNow())).Take(1)];

    private async Task DrawAgainAsync()
    {
        await LoadBoardAsync();
        StateHasChanged();
    }

    private async Task RefreshAsync()
    {
        await LoadCardsAsync();
        StateHasChanged();
    }

    private async Task ShowAsync(IReadOnlyList<Run> runs)
    {
        var before = Ended(_runs.Value ?? []);
        _runs.Show(runs);
        StateHasChanged();

        // A run that ended may have brought a new backup or report.
        if (!before.SetEquals(Ended(runs)))
            await RefreshAsync();
    }

    private static HashSet<string> Ended(IReadOnlyList<Run> runs) =>
        runs.Where(run => !run.IsActive).Select(run => run.Id).ToHashSet(StringComparer.Ordinal);
}
