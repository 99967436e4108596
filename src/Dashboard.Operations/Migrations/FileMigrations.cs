using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;

namespace Dashboard.Operations.Migrations;

/// <summary>Migrations as files of commands, which this product runs itself.</summary>
public sealed class FileMigrations(MigrationLock locks, MigrationRecovery recovery, TimeProvider time)
{
    internal static async Task<MigrationStatus> StatusAsync(TargetEnvironment environment, CancellationToken cancellationToken)
    {
        var rules = environment.Settings.Migrations;
        var folder = await MigrationFolder.ReadAsync(rules.Folder, rules.Collection, cancellationToken);
        return await StatusOfAsync(folder, RecordsOf(environment), cancellationToken);
    }

    internal async Task<MigrationOutcome> UpAsync(TargetEnvironment environment, MigrationOrder order, OperationSteps steps, CancellationToken cancellationToken)
    {
        var records = RecordsOf(environment);
        var (folder, status) = await ReadAsync(environment, records, cancellationToken);
        var (wanted, refusal) = order.ChooseFrom(status, isLocked: false);
        if (refusal is not null || wanted.Count == 0)
            return new MigrationOutcome([], refusal);
        if (WhyOnlyShown(environment) is { } only)
        {
            steps.Log($"{only} {string.Join(", ", wanted.Select(entry => entry.Version))} would run.");
            return new MigrationOutcome([], Problem: null);
        }

        return await UnderLockAsync(environment, records, order.Release, steps, async (run, held) =>
        {
            (wanted, refusal) = order.ChooseFrom(await StatusOfAsync(folder, records, held), isLocked: true);
            return refusal is not null
                ? new MigrationOutcome([], refusal)
                : await run.UpAsync([.. wanted.Select(entry => FileOf(folder, entry))], await records.ListAsync(held), held);
        }, cancellationToken);
    }

    internal async Task<MigrationOutcome> DownAsync(TargetEnvironment environment, IReadOnlyList<string> versions, OperationSteps steps, CancellationToken cancellationToken)
    {
        var records = RecordsOf(environment);
        var (folder, status) = await ReadAsync(environment, records, cancellationToken);
        var (wanted, refusal) = MigrationOrder.ChooseBack(status, versions);
        if (refusal is not null || wanted.Count == 0)
            return new MigrationOutcome([], refusal);
        if (WhyOnlyShown(environment) is { } only)
        {
            steps.Log($"{only} {string.Join(", ", wanted.Select(entry => entry.Version))} would be rolled back.");
            return new MigrationOutcome([], Problem: null);
        }

        return await UnderLockAsync(environment, records, release: null, steps, async (run, held) =>
        {
            (wanted, refusal) = MigrationOrder.ChooseBack(await StatusOfAsync(folder, records, held), versions);
            return refusal is not null
                ? new MigrationOutcome([], refusal)
                : await run.DownAsync([.. wanted.Select(entry => FileOf(folder, entry))], await records.ListAsync(held), held);
        }, cancellationToken);
    }

    /// <summary>Config may say that nothing is ever applied in this environment.</summary>
    internal static string? WhyOnlyShown(TargetEnvironment environment) => environment.Settings.Migrations switch
    {
        { DryRun: true } => $"In {environment.Name} nothing is applied (migrations.dryRun or MIGRATION_DRY_RUN).",
        { ValidateOnly: true } => $"In {environment.Name} migrations are only checked (migrations.validateOnly or MIGRATION_VALIDATE_ONLY).",
        _ => null,
    };

    internal static MigrationRecords RecordsOf(TargetEnvironment environment) => new(environment.Database, environment.Settings.Migrations.Collection);

    private async Task<MigrationOutcome> UnderLockAsync(
        TargetEnvironment environment,
        MigrationRecords records,
        string? release,
        OperationSteps steps,
        Func<FileMigrationRun, CancellationToken, Task<MigrationOutcome>> work,
        CancellationToken cancellationToken)
    {
        var mark = new RunMark(steps.Run.Id, steps.Run.Actor, release);
        await steps.ConfirmLeaseAsync(cancellationToken);
        var (held, refusal) = await locks.TakeAsync(environment.Database, records.Name, mark, cancellationToken);
        if (held is null)
            return new MigrationOutcome([], refusal);
        await using (held)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(held.Lost, cancellationToken);
            try
            {
                // Whoever left a running record is dead: the lock is ours.
                foreach (var left in await recovery.SettleAsync(records, runId: null, stop.Token))
                    steps.Warn(left);
                await records.PrepareAsync(stop.Token);
                return await work(new FileMigrationRun(records, mark, held, environment.Settings.Migrations.Timeout, steps, time), stop.Token);
            }
            catch (OperationCanceledException) when (held.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new UnfinishedException("The database did not answer for so long that somebody else may have begun to migrate it.");
            }
            catch (MigrationException exception)
            {
                return new MigrationOutcome([], exception.Message);
            }
        }
    }

    private static async Task<(MigrationFolder Folder, MigrationStatus Status)> ReadAsync(TargetEnvironment environment, MigrationRecords records, CancellationToken cancellationToken)
    {
        var folder = await MigrationFolder.ReadAsync(environment.Settings.Migrations.Folder, records.Name, cancellationToken);
        return (folder, await StatusOfAsync(folder, records, cancellationToken));
    }

    private static async Task<MigrationStatus> StatusOfAsync(MigrationFolder folder, MigrationRecords records, CancellationToken cancellationToken) => MigrationView.Of(
        [.. folder.Files.Select(KnownFile.Of)], folder.Problems, await records.ListAsync(cancellationToken), await records.RolledBackAsync(cancellationToken));

    private static MigrationFile FileOf(MigrationFolder folder, MigrationEntry entry) => folder.Files.First(file => MigrationNumber.AreSame(file.Version, entry.Version));
}
