using Dashboard.Components.Shared;
using Dashboard.Operations.Running;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>The history of all runs. Filter and page stand in the address, so that a list can be sent to somebody.</summary>
public sealed partial class Runs(IDesk desk, NavigationManager navigation)
{
    private const int AtOnce = 25;
    private static readonly TimeSpan Retry = Reading<Run>.Again;

    private readonly CancellationTokenSource _leaving = new();
    private Reading<IReadOnlyList<Run>> _runs = new();
    private bool _hasOlder;
    private IDisposable? _feed;

    [SupplyParameterFromQuery]
    private string? Environment { get; set; }

    [SupplyParameterFromQuery]
    private string? Operation { get; set; }

    [SupplyParameterFromQuery]
    private string? State { get; set; }

    [SupplyParameterFromQuery]
    private string? Before { get; set; }

    private bool IsFiltered => Filter != new RunFilter() || Before is not null;

    private RunFilter Filter => new(Given(Environment), Given(Operation), Enum.TryParse<RunState>(State, ignoreCase: true, out var state) ? [state] : null);

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _feed?.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        _runs = new Reading<IReadOnlyList<Run>>();
        await LoadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _feed = desk.FollowRecent(AtOnce, recent => _ = InvokeAsync(RefreshAsync));
    }

    private async Task LoadAsync()
    {
        var (reading, token) = (_runs, _leaving.Token);
        await reading.TakeAsync(
            async () =>
            {
                // One more than is shown tells whether there are older ones.
                var found = await desk.RunsAsync(Filter, AtOnce + 1, Given(Before), token);
                _hasOlder = found.Count > AtOnce;
                return [.. found.Take(AtOnce)];
            },
            token);
    }

    private async Task RefreshAsync()
    {
        if (_leaving.IsCancellationRequested)
            return;
        await LoadAsync();
        StateHasChanged();
    }

    // Another filter begins at the newest run again.
    private void Choose(string name, object? value) =>
        navigation.NavigateTo(navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [name] = Given(value as string),
            ["before"] = null,
        }));

    private string Address(string? before) => navigation.GetUriWithQueryParameter("before", before);

    private static string StateWord(RunState state) => state.ToString().ToLowerInvariant();

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
