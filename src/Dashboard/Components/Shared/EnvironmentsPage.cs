using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Shared;

/// <summary>
/// A page about every environment, or about the one that its address names: read at first, again by the clock, and whenever a run has ended,
/// because that may have changed what it shows.
/// </summary>
public abstract class EnvironmentsPage<T>(IDesk desk, TimeProvider time) : ComponentBase, IDisposable
    where T : class
{
    private const int Followed = 50;

    private readonly CancellationTokenSource _leaving = new();
    private IDisposable? _feed;
    private Ticking? _ticking;

    [SupplyParameterFromQuery]
    public string? Environment { get; set; }

    protected IDesk Desk => desk;

    protected DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Time between two reads.</summary>
    protected abstract TimeSpan Refresh { get; }

    private protected Reading<T> Shown { get; } = new();

    /// <summary>The newest, of every environment.</summary>
    protected IReadOnlyList<Run> Runs { get; private set; } = [];

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _feed?.Dispose();
        _ticking?.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<T> ReadAsync(CancellationToken cancellationToken);

    protected bool IsChosen(string environment) => string.IsNullOrEmpty(Environment) || Environment == environment;

    protected override Task OnInitializedAsync() => LoadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _feed = desk.FollowRecent(Followed, runs => _ = InvokeAsync(() => ShowAsync(runs)));
        _ticking = new Ticking(time, Refresh, () => InvokeAsync(RefreshAsync));
    }

    protected async Task LoadAsync()
    {
        var token = _leaving.Token;
        await Shown.TakeAsync(async () => await ReadAsync(token), token);
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
        var before = Ended(Runs);
        Runs = runs;
        StateHasChanged();
        if (!before.SetEquals(Ended(runs)))
            await RefreshAsync();
    }

    private static HashSet<string> Ended(IReadOnlyList<Run> runs) =>
        runs.Where(run => !run.IsActive).Select(run => run.Id).ToHashSet(StringComparer.Ordinal);
}
