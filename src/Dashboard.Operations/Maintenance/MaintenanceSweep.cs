using System.Globalization;
using Dashboard.Operations.Alerts;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Dashboard.Operations.Maintenance;

/// <summary>
/// Keeps the flag in the application's database equal to the record: a restore brings the flag of another time with it, and somebody may
/// write to the database by hand. Also tells of windows that are past their end, because the environment's alerts are silent until somebody ends them; that
/// alone switches nothing.
/// </summary>
public sealed partial class MaintenanceSweep(
    MaintenanceWindows windows, RunStore runs, EnvironmentRegistry environments, Announcements announcements, TimeProvider time, ILogger<MaintenanceSweep> logger)
{
    /// <summary>One look at every environment; one whose database is away does not hold up the others.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var window in await windows.AheadAsync(cancellationToken))
        {
            if (window.IsOverdue(time.GetUtcNow()) && window.OverdueNotedAt is null)
                await EscalateAsync(window, cancellationToken);
        }

        await Task.WhenAll(environments.All.Select(environment => TryReassertAsync(environment, cancellationToken)));
    }

    private async Task TryReassertAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            if (await ReassertAsync(environment, cancellationToken) is { } done)
                LogReasserted(logger, environment.Name, done);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            LogAway(logger, environment.Name, exception);
        }
    }

    // Told before it is noted: told twice is told once, and noted without being told would be silence.
    private async Task EscalateAsync(MaintenanceWindow window, CancellationToken cancellationToken)
    {
        var end = string.Create(CultureInfo.InvariantCulture, $"{window.End.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        await announcements.TellAsync(
            window.Environment,
            "maintenance-overdue",
            $"{window.Id} {end}",
            AlertSeverity.Error,
            $"The maintenance of {window.Environment} goes on past its end",
            $"'{window.Title}' was to end at {end}. Until it is left, visitors see the maintenance page and the alerts of {window.Environment} are silent: leave it, or say when it will end.",
            deploymentId: null,
            cancellationToken);
        if (await windows.NoteOverdueAsync(window.Id, cancellationToken))
            LogOverdue(logger, window.Environment, window.Title, end);
    }

    /// <summary>Makes the flag equal to the record; what was wrong, or null when nothing was.</summary>
    public async Task<string?> ReassertAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        if (environment.MaintenanceSwitch != MaintenanceSwitch.Database)
            return null;
        var open = await windows.OpenAsync(environment.Name, cancellationToken);
        if (open?.ChangingRun is { } changing && await runs.FindAsync(changing, cancellationToken) is { IsActive: true })
            return null;
        var flag = await MaintenanceFlag.ReadAsync(environment, cancellationToken);
        if (open is not null)
        {
            return !MaintenanceFlag.Shows(flag, open) && await MaintenanceFlag.SwitchOnAsync(environment, open, cancellationToken)
                ? $"the window '{open.Title}' is open and the flag in the application's database did not say so; it was written again"
                : null;
        }

        return flag is { IsOn: true, WindowId: { } id } ? await SwitchStaleOffAsync(environment, id, cancellationToken) : null;
    }

    /// <summary>Right after a restore, which brings the flag of another time; a failure is left to the next sweep.</summary>
    internal async Task TellAsync(TargetEnvironment environment, IMongoDatabase restored, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (restored.DatabaseNamespace.DatabaseName != environment.Database.DatabaseNamespace.DatabaseName)
            return;
        try
        {
            if (await ReassertAsync(environment, cancellationToken) is { } done)
                steps.Log($"Maintenance: {done}.");
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            steps.Warn($"Whether the restored data says the truth about maintenance could not be looked at ({exception.GetBaseException().Message.TrimEnd('.')}); a running dashboard does it within seconds.");
        }
    }

    /// <summary>A flag of one of our windows that is over came with a backup; one that no window wrote is somebody's own and stays.</summary>
    private async Task<string?> SwitchStaleOffAsync(TargetEnvironment environment, string id, CancellationToken cancellationToken)
    {
        if (await windows.FindAsync(id, cancellationToken) is not { State: WindowState.Closed or WindowState.Cancelled } over)
            return null;
        var newest = await windows.LatestChangedAsync(environment.Name, cancellationToken);
        return await MaintenanceFlag.SwitchOffAsync(environment, over, Math.Max(newest?.Token ?? 0, over.Token), cancellationToken)
            ? $"the flag in the application's database was of the window '{over.Title}', which is over; it was switched off"
            : null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The maintenance of {TargetEnvironment} ('{Title}') was to end at {End} and goes on: leave it, or say when it will end")]
    private static partial void LogOverdue(ILogger logger, string targetEnvironment, string title, string end);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Maintenance of {TargetEnvironment}: {Done}")]
    private static partial void LogReasserted(ILogger logger, string targetEnvironment, string done);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether {TargetEnvironment} shows its maintenance could not be looked at; it is tried again in some seconds")]
    private static partial void LogAway(ILogger logger, string targetEnvironment, Exception exception);
}
