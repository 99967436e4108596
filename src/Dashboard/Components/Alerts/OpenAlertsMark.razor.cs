using Dashboard.Components.Shared;
using Dashboard.Operations.Alerts;

namespace Dashboard.Components.Alerts;

/// <summary>How many alerts are open, beside the link to them; what was last known stays while it cannot be read, and the banner says so.</summary>
public sealed partial class OpenAlertsMark(IDesk desk, TimeProvider time)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _leaving = new();
    private readonly Reading<OpenAlerts> _open = new();
    private Ticking? _ticking;

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        _ticking?.Dispose();
    }

    // Not before the first page is shown: a frame does not wait for a number.
    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _ticking = new Ticking(time, Refresh, () => InvokeAsync(LoadAsync));
        _ = InvokeAsync(LoadAsync);
    }

    private async Task LoadAsync()
    {
        if (_leaving.IsCancellationRequested)
            return;
        var token = _leaving.Token;
        await _open.TakeAsync(async () => await desk.OpenAlertsAsync(token), token);
        if (!token.IsCancellationRequested)
            StateHasChanged();
    }

    private static string Words(long count) => count == 1 ? "1 open alert" : $"{Formats.Count(count)} open alerts";
}
