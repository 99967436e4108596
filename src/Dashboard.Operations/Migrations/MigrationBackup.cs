using Dashboard.Operations.Backups;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Migrations;

/// <summary>The safety backup before migrations, where <c>migrations.backupEnabled</c> asks for one.</summary>
public sealed class MigrationBackup(BackupWriter writer)
{
    /// <summary>Begins steps of its own; the reason why there is none and nothing may be changed, else null.</summary>
    internal async Task<string?> WhyNoneAsync(TargetEnvironment environment, OperationSteps steps, CancellationToken cancellationToken)
    {
        if (!environment.Settings.Migrations.BackupEnabled)
        {
            steps.Log("No backup is made before (migrations.backupEnabled is off).");
            return null;
        }

        var outcome = await writer.WriteAsync(new BackupTask(environment, environment.Database, BackupKind.Safety, Compress: true, Verify: true), steps, cancellationToken);
        if (outcome.IsNothingThere)
            steps.Log("The database has no collections; there is nothing to save.");
        return outcome.Manifest is null && !outcome.IsNothingThere ? $"There is no safety backup, so nothing was changed. {outcome.Problem}" : null;
    }

    /// <summary>What a killed run left of it.</summary>
    internal string? Clear(string runId) => writer.Clear(runId);
}
