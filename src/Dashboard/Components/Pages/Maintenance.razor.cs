using Dashboard.Components.Shared;
using Dashboard.Operations.Maintenance;

namespace Dashboard.Components.Pages;

/// <summary>What is in maintenance now, with the way out of it, and the calendar of windows ahead and past.</summary>
public sealed partial class Maintenance(IDesk desk, TimeProvider time) : ReadingPage<MaintenancePage>(time)
{
    protected override TimeSpan Refresh => TimeSpan.FromSeconds(5);

    protected override async Task<MaintenancePage?> ReadAsync(CancellationToken cancellationToken) => await desk.MaintenanceAsync(cancellationToken);
}
