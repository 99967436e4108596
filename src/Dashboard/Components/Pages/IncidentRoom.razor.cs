using Dashboard.Components.Shared;
using Dashboard.Operations.Incidents;
using Microsoft.AspNetCore.Components;

namespace Dashboard.Components.Pages;

/// <summary>One incident, as the people see it who work on it: clocks, what the world was told, what happened, and the paper that comes of it.</summary>
public sealed partial class IncidentRoom(IDesk desk, TimeProvider time) : ReadingPage<IncidentDetail>(time)
{
    [Parameter]
    public required string Id { get; set; }

    protected override TimeSpan Refresh => TimeSpan.FromSeconds(5);

    protected override object Subject => Id;

    protected override Task<IncidentDetail?> ReadAsync(CancellationToken cancellationToken) => desk.FindIncidentAsync(Id, cancellationToken);
}
