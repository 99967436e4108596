using Dashboard.Operations.Running;

namespace Dashboard.Operations.Maintenance;

/// <summary>
/// While a window is open the schedule changes nothing in its environment: what was planned for another time must not meet half-done work.
/// People go on, and are told; what only reads goes on as well.
/// </summary>
internal sealed class MaintenanceFreeze(MaintenanceWindows windows, TimeProvider time) : IIntakeRule
{
    private static readonly HashSet<string> Own = new(
        [Operation.NameOf(typeof(EnterMaintenance)), Operation.NameOf(typeof(LeaveMaintenance)), Operation.NameOf(typeof(PlanMaintenance)), Operation.NameOf(typeof(CancelMaintenance))],
        StringComparer.Ordinal);

    public async Task<IntakeNotice?> LookAsync(Operation operation, string environment, Door door, CancellationToken cancellationToken)
    {
        if (!operation.TakesLease || Own.Contains(operation.Name) || await windows.OpenAsync(environment, cancellationToken) is not { } window)
            return null;
        var told = window.Told(time.GetUtcNow());
        return door == Door.Schedule
            ? new IntakeNotice(Forbids: true, $"{environment} is in maintenance ({told}), and scheduled operations wait for its end; the slot passes. Start it by hand if it is needed now.")
            : new IntakeNotice(Forbids: false, $"{environment} is in maintenance ({told}).");
    }
}
