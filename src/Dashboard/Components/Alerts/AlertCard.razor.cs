using Dashboard.Components.Shared;
using Dashboard.Operations.Alerts;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Alerts;

/// <summary>One open alert, what is known of it, and what can be done about it.</summary>
public sealed partial class AlertCard(IDesk desk)
{
    private const int LongestReason = 200;
    private static readonly int[] Hours = [1, 4, 12, 24, 72, 168];

    // Before its circuit stands a button would swallow the click.
    private bool _isBusy = true;
    private bool _isSilencing;
    private string _reason = string.Empty;
    private int _hours = 4;
    private string? _problem;

    [Parameter, EditorRequired]
    public required AlertView View { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnChanged { get; set; }

    private Alert Alert => View.Alert;

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _isBusy = false;
        StateHasChanged();
    }

    private Task AcknowledgeAsync() => DoAsync(() => desk.AcknowledgeAlertAsync(Alert.Id, CancellationToken.None));

    private Task ResolveAsync() => DoAsync(() => desk.ResolveAlertAsync(Alert.Id, resolution: null, CancellationToken.None));

    private async Task SilenceAsync()
    {
        if (string.IsNullOrWhiteSpace(_reason))
        {
            _problem = "Say why it is silenced.";
            return;
        }

        await DoAsync(() => desk.SilenceAsync(Alert.Environment, Alert.Rule, _reason.Trim(), TimeSpan.FromHours(_hours), CancellationToken.None));
        _isSilencing = _problem is not null;
    }

    private async Task DoAsync(Func<Task> act)
    {
        (_isBusy, _problem) = (true, null);
        try
        {
            await act();
            await OnChanged.InvokeAsync();
        }
        catch (UnavailableException exception)
        {
            _problem = $"{exception.Message} Nothing was changed; press again when it is back.";
        }
        finally
        {
            _isBusy = false;
        }
    }
}
