using Dashboard.Components.Shared;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>One run as it happens: steps, progress, facts, log, and the button that cancels it.</summary>
public sealed partial class RunPage(IDesk desk)
{
    private static readonly TimeSpan Retry = Reading<Run>.Again;

    private readonly CancellationTokenSource _leaving = new();
    private readonly Reading<IReadOnlyList<KeptData>> _kept = new();
    private Reading<Run> _run = new();
    private IReadOnlyList<RunLine> _lines = [];
    private IDisposable? _feed;
    private string? _shownId;
    private bool _isLive;

    [Parameter, EditorRequired]
    public required string Id { get; set; }

    // Only of a run that has ended: before, nothing is kept for good.
    private IEnumerable<KeptData> Kept => _run.Value is { IsActive: false } run ? (_kept.Value ?? []).Where(kept => kept.RunId == run.Id) : [];

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _feed?.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_shownId == Id)
            return;
        _shownId = Id;
        _feed?.Dispose();
        (_feed, _run, _lines) = (null, new Reading<Run>(), []);
        await LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        _isLive = true;
        Follow();
    }

    private async Task LoadAsync()
    {
        var (id, token) = (Id, _leaving.Token);
        await _run.TakeAsync(
            async () =>
            {
                var found = await desk.FindRunAsync(id, token);
                _lines = found?.NewLines ?? [];
                return found?.Run;
            },
            token);
        await LoadKeptAsync();
    }

    private async Task LoadKeptAsync()
    {
        var token = _leaving.Token;
        if (_run.Value is { IsActive: false, Plan: not null })
            await _kept.TakeAsync(async () => await desk.KeptAsync(token), token);
    }

    // The feed begins where the read ended; before a circuit stands there is nobody to tell.
    private void Follow()
    {
        if (!_isLive || _feed is not null || _run.Value is not { } run || _leaving.IsCancellationRequested)
            return;
        var after = _lines.Count == 0 ? 0 : _lines[^1].Number;
        _feed = desk.FollowRun(run.Id, after, update => _ = InvokeAsync(() => AddAsync(run.Id, update)));
    }

    private async Task AddAsync(string id, RunUpdate update)
    {
        if (id != Id || _leaving.IsCancellationRequested)
            return;
        var ended = _run.Value is { IsActive: true } && !update.Run.IsActive;
        if (update.NewLines.Count > 0)
            _lines = [.. Before(update.NewLines[0]).Concat(update.NewLines).TakeLast(RunHistory.LinesAtOnce)];
        Show(update.Run);
        StateHasChanged();
        if (!ended)
            return;
        await LoadKeptAsync();
        StateHasChanged();
    }

    // Where the run said more than could be followed, what is shown begins anew: a log with a hole in it would lie.
    private IReadOnlyList<RunLine> Before(RunLine next) => _lines.Count > 0 && _lines[^1].Number < next.Number - 1 ? [] : _lines;

    private void Show(Run run) => _run.Show(run);
}
