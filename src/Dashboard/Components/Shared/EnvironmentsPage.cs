using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Shared;

/// <summary>
/// A page about every environment, or about the one that its address names: read again whenever a run has ended too, because that may have changed
/// what it shows.
/// </summary>
public abstract class EnvironmentsPage<T>(IDesk desk, TimeProvider time) : ReadingPage<T>(time)
    where T : class
{
    private const int Followed = 50;

    private IDisposable? _feed;

    [SupplyParameterFromQuery]
    public string? Environment { get; set; }

    protected IDesk Desk => desk;

    /// <summary>The newest, of every environment.</summary>
    protected IReadOnlyList<Run> Runs { get; private set; } = [];

    public override void Dispose()
    {
        _feed?.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    protected bool IsChosen(string environment) => string.IsNullOrEmpty(Environment) || Environment == environment;


    protected override void OnAfterRender(bool firstRender)
    {
        base.OnAfterRender(firstRender);
        if (firstRender)
            _feed = desk.FollowRecent(Followed, runs => _ = InvokeAsync(() => ShowAsync(runs)));
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
