using Dashboard.Operations.Environments;

namespace Dashboard.Operations.Maintenance;

/// <summary>What the page of maintenance shows, read in one go.</summary>
public sealed class MaintenancePages(MaintenanceWindows windows, EnvironmentRegistry environments)
{
    private const int PastShown = 50;

    public async Task<MaintenancePage> ReadAsync(CancellationToken cancellationToken)
    {
        var ahead = await windows.AheadAsync(cancellationToken);
        return new MaintenancePage(
            [.. environments.All.Select(environment => new MaintenanceNow(environment.Name, environment.Title, ahead.FirstOrDefault(window => window.IsOpen && window.Environment == environment.Name)))],
            [.. ahead.Where(window => window.State == WindowState.Planned)],
            await windows.PastAsync(PastShown, cancellationToken));
    }
}

/// <param name="Now">Every environment, in the registry's order.</param>
/// <param name="Planned">The next first.</param>
/// <param name="Past">Closed and cancelled ones, newest first.</param>
public sealed record MaintenancePage(IReadOnlyList<MaintenanceNow> Now, IReadOnlyList<MaintenanceWindow> Planned, IReadOnlyList<MaintenanceWindow> Past);

/// <param name="Open">Null: not in maintenance.</param>
public sealed record MaintenanceNow(string Environment, string Title, MaintenanceWindow? Open);
