using System.Text.RegularExpressions;
using Dashboard.Components.Shared;
using Dashboard.Operations.Logs;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>The captured log of one environment, its end live. The question stands in the address, so that it can be sent to somebody.</summary>
public sealed partial class Logs(IDesk desk, NavigationManager navigation, TimeProvider time)
{
    /// <summary>As many as a circuit carries without being felt; the rest is in the text.</summary>
    private const int Shown = 300;

    private static readonly IReadOnlyList<(string Value, string Text)> Spans = [("15m", "15 minutes"), ("1h", "1 hour"), ("6h", "6 hours"), ("1d", "1 day"), ("7d", "7 days"), ("30d", "30 days")];
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Retry = Reading<LogAnswer>.Again;

    private readonly CancellationTokenSource _leaving = new();
    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);
    private readonly Reading<IReadOnlyList<string>> _machines = new();
    private Reading<LogAnswer> _answer = new();
    private LogQuery _query = new(string.Empty, DateTimeOffset.UnixEpoch);
    private Ticking? _ticking;

    [SupplyParameterFromQuery]
    private string? Environment { get; set; }

    [SupplyParameterFromQuery]
    private string? Since { get; set; }

    [SupplyParameterFromQuery]
    private string? Level { get; set; }

    [SupplyParameterFromQuery]
    private string? Machine { get; set; }

    [SupplyParameterFromQuery]
    private string? Contains { get; set; }

    private string Chosen => desk.Environments.FirstOrDefault(choice => choice.Name == Environment)?.Name ?? desk.Environments.Select(choice => choice.Name).FirstOrDefault() ?? string.Empty;

    private string Span => string.IsNullOrWhiteSpace(Since) ? "15m" : Since;

    private bool IsFiltered => !string.IsNullOrEmpty(Level + Machine + Contains + Since);

    private IEnumerable<string> Machines => (_machines.Value ?? []).Union(string.IsNullOrEmpty(Machine) ? [] : [Machine], StringComparer.Ordinal);

    private string TextAddress => navigation.GetUriWithQueryParameters($"api/logs/{Uri.EscapeDataString(Chosen)}", new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["since"] = Span,
        ["level"] = Given(Level),
        ["machine"] = Given(Machine),
        ["contains"] = Given(Contains),
        ["limit"] = 5_000,
        ["format"] = "text",
    });

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _ticking?.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        _answer = new Reading<LogAnswer>();
        var token = _leaving.Token;
        await Task.WhenAll(LoadAsync(), _machines.TakeAsync(async () => await desk.LogMachinesAsync(Chosen, token), token));
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ticking = new Ticking(time, Refresh, () => InvokeAsync(RefreshAsync));
    }

    private async Task LoadAsync()
    {
        _errors.Clear();
        _query = LogQuestion.Read(Chosen, new LogWords(Since, Level: Level, Contains: Contains, Machine: Machine, Limit: Shown), time.GetUtcNow(), Shown, _errors);
        if (_errors.Count > 0)
            return;
        var (reading, query, token) = (_answer, _query, _leaving.Token);
        await reading.TakeAsync(async () => await desk.LogsAsync(query, token), token);
    }

    private async Task RefreshAsync()
    {
        if (_leaving.IsCancellationRequested)
            return;
        await LoadAsync();
        StateHasChanged();
    }

    private void Choose(string name, object? value) => navigation.NavigateTo(navigation.GetUriWithQueryParameter(name, Given(value as string)));

    /// <summary>The time stands before it already; as text it is shown as it was written.</summary>
    private static string TextOf(LogLine line) => OwnTime().Replace(line.Text, string.Empty);

    [GeneratedRegex(@"^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d)?\]?\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OwnTime();

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
