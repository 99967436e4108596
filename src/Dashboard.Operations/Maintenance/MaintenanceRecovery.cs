using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Maintenance;

/// <summary>
/// After a kill in the middle of a switch: while nobody has closed the window it is open, so the mode is made equal to that. May be repeated.
/// A release is not repeated by itself; what was seen is said, and a person decides.
/// </summary>
public sealed class MaintenanceRecovery(MaintenanceWindows windows, PageProbe pages, EnvironmentRegistry environments)
{
    /// <exception cref="UnfinishedException">Not now: a database does not answer.</exception>
    internal async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        if (environments.Find(run.Environment) is not { } environment)
            return null;
        try
        {
            if (await windows.ChangedByAsync(run.Id, cancellationToken) is not { } window)
                return null;
            var sentence = environment.MaintenanceSwitch == MaintenanceSwitch.Database
                ? await WriteAsync(environment, window, cancellationToken)
                : await LookAsync(environment, window, cancellationToken);
            await windows.EndChangeAsync(window.Id, run.Id, seen: false, cancellationToken);
            return sentence;
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw new UnfinishedException($"What run {run.Id} left of maintenance waits: {exception.GetBaseException().Message}", exception);
        }
    }

    private static async Task<string> WriteAsync(TargetEnvironment environment, MaintenanceWindow window, CancellationToken cancellationToken)
    {
        await MaintenanceFlag.SwitchOnAsync(environment, window, cancellationToken);
        return $"the window '{window.Title}' of {environment.Name} is open, and the flag in its database says so; run leave-maintenance when the work is done";
    }

    private async Task<string> LookAsync(TargetEnvironment environment, MaintenanceWindow window, CancellationToken cancellationToken)
    {
        var look = await pages.LookAsync(environment, cancellationToken);
        return look.IsDown
            ? $"the window '{window.Title}' of {environment.Name} is open, and {look.Sentence}; run leave-maintenance when the work is done"
            : $"the window '{window.Title}' of {environment.Name} is open, but {look.Sentence}: the release was not finished. Run leave-maintenance to close the window, then enter-maintenance if it is still needed";
    }
}
