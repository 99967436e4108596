using Dashboard.Operations.Backups;
using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Migrations;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Deployments;

/// <summary>After a release whose process ended: nothing is repeated; what is there is looked at, written into the release's record and said.</summary>
public sealed class DeploymentRecovery(
    ReleaseLedger ledger, DeployFailure look, IMigrations migrations, RestoreRecovery restores, BackupWriter writer, EnvironmentRegistry environments, TimeProvider time)
{
    public async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        string?[] cleared = [await restores.RecoverAsync(run, cancellationToken), writer.Clear(run.Id)];
        var environment = environments.Get(run.Environment);
        var seen = $"{await look.SeenAsync(environment, cancellationToken)} {await MigratedAsync(environment, run, cancellationToken)}";
        foreach (var release in await ledger.OfRunAsync(run.Id, cancellationToken))
        {
            if (release.State != ReleaseState.Unfinished)
                continue;
            var ended = release with { State = ReleaseState.Interrupted, EndedAt = time.GetUtcNow(), Message = $"Its process ended before it did; {seen}" };
            if ((release.Number ?? await look.NumberOfAsync(release, cancellationToken)) is { } number)
                await ledger.TryNumberAsync(ended, number, cancellationToken);
            else
                await ledger.TrySaveAsync(ended, cancellationToken);
        }

        return string.Join("; ", [.. cleared.OfType<string>(), $"{seen} Deploy again or roll back."]);
    }

    private async Task<string> MigratedAsync(TargetEnvironment environment, Run run, CancellationToken cancellationToken)
    {
        try
        {
            // One that says it is running was the run's own: nobody else migrates without the environment's lease.
            var cut = await migrations.GiveUpAsync(environment, run, cancellationToken);
            var status = await migrations.StatusAsync(environment, cancellationToken);
            var own = status.Applied.Where(entry => entry.RunId == run.Id).Select(entry => entry.Version).ToList();
            return $"{(own.Count == 0 ? "No migration was applied by it." : $"Migrated by it: {string.Join(", ", own)}.")}{(cut is null ? string.Empty : $" {cut}")}";
        }
        catch (Exception exception) when (exception is MigrationException || StoreFailure.Is(exception))
        {
            return $"What was migrated cannot be told: {exception.GetBaseException().Message}";
        }
    }
}
