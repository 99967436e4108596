using Dashboard.Components.Shared;
using Dashboard.Operations.Alerts;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Alerts;

/// <summary>One open alert, what is known of it, and what can be done about it.</summary>
public sealed partial class AlertCard(IDesk desk, NavigationManager navigation) : ActingComponent
{
    private const int LongestReason = 200;
    private static readonly int[] Hours = [1, 4, 12, 24, 72, 168];

    private bool _isSilencing;
    private string _reason = string.Empty;
    private int _hours = 4;

    [Parameter, EditorRequired]
    public required AlertView View { get; set; }

    [Parameter, EditorRequired]
    public required EventCallback OnChanged { get; set; }

    private Alert Alert => View.Alert;

    private Task AcknowledgeAsync() => DoAsync(() => desk.AcknowledgeAlertAsync(Alert.Id, CancellationToken.None));

    private Task ResolveAsync() => DoAsync(() => desk.ResolveAlertAsync(Alert.Id, resolution: null, CancellationToken.None));

    private Task OpenIncidentAsync() => DoAsync(
        async () =>
        {
            var answer = await desk.OpenIncidentAsync(Alert.Id, CancellationToken.None);
            Problem = answer.Problem;
            if (answer.Incident is { } incident)
                navigation.NavigateTo($"incidents/{incident.Id}");
        },
        "No incident was opened; press again when it is back.");

    private async Task SilenceAsync()
    {
        if (string.IsNullOrWhiteSpace(_reason))
        {
            Problem = "Say why it is silenced.";
            return;
        }

        await DoAsync(() => desk.SilenceAsync(Alert.Environment, Alert.Rule, _reason.Trim(), TimeSpan.FromHours(_hours), CancellationToken.None));
        _isSilencing = Problem is not null;
    }

    private Task DoAsync(Func<Task> act) => DoAsync(
        async () =>
        {
            await act();
            await OnChanged.InvokeAsync();
        },
        "Nothing was changed; press again when it is back.");
}
