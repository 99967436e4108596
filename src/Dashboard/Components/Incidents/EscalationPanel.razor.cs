using Dashboard.Components.Shared;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Incidents;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Incidents;

/// <summary>Whom to call, how, and from when on; while the incident is open it counts by itself.</summary>
public sealed partial class EscalationPanel(TimeProvider time)
{
    private Ticking? _ticking;

    [Parameter, EditorRequired]
    public required Incident Incident { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<EscalationContact> Contacts { get; set; }

    public void Dispose() => _ticking?.Dispose();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ticking = new Ticking(time, TimeSpan.FromSeconds(1), () => InvokeAsync(StateHasChanged));
    }

    private string When(EscalationContact contact)
    {
        if (contact.After is not { } after)
            return "at once";
        if (!Incident.IsOpen)
            return $"after {Told(after)}";
        var left = Incident.OpenedAt + after - time.GetUtcNow();
        return left > TimeSpan.Zero ? $"in {Told(left)}" : $"due since {Told(-left)}";
    }

    private static string Told(TimeSpan span) => span < TimeSpan.FromMinutes(1) ? Formats.WholeSeconds(span) : Formats.Span(span);
}
