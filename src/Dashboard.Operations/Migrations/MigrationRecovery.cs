using System.Globalization;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Processes;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Migrations;

/// <summary>
/// Ends what a killed run left: ends its work in the database, turns its running record into a failed one that says how far it came, and gives its
/// lock back. Repeats no command. May be called again, and for any operation that migrates.
/// </summary>
public sealed class MigrationRecovery(EnvironmentRegistry environments, TimeProvider time)
{
    internal static string MarkOf(string runId) => $"migration/{runId}";

    /// <summary>What was done, in sentences; null when the run left nothing.</summary>
    /// <exception cref="UnfinishedException">Not now: the environment's database does not answer.</exception>
    public async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken) =>
        run.TakesLease && environments.Find(run.Environment) is { } environment ? await RecoverAsync(environment, run, cancellationToken) : null;

    /// <inheritdoc cref="RecoverAsync(Run, CancellationToken)"/>
    internal async Task<string?> RecoverAsync(TargetEnvironment environment, Run run, CancellationToken cancellationToken)
    {
        var records = FileMigrations.RecordsOf(environment);
        var done = new List<string>();
        try
        {
            if (File.Exists(CommandProcess.FileOf(run.Id)) && await ProcessFile.EndLeftoverAsync(CommandProcess.FileOf(run.Id), time, cancellationToken, mayBecomeAnother: true) is { } process)
                done.Add(string.Create(CultureInfo.InvariantCulture, $"The migration command that was still running (process {process}) was ended; look at the migrations' status, it may have applied some."));
            done.AddRange(await SettleAsync(records, run.Id, cancellationToken));
            await MigrationLock.ReleaseAsync(environment.Database, records.Name, run.Id, cancellationToken);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw new UnfinishedException($"What run {run.Id} left in the database of {run.Environment} waits: {exception.GetBaseException().Message}", exception);
        }

        return done.Count == 0 ? null : string.Join(' ', done);
    }

    /// <param name="runId">Null: of whatever run, for who holds the lock.</param>
    internal async Task<IReadOnlyList<string>> SettleAsync(MigrationRecords records, string? runId, CancellationToken cancellationToken)
    {
        var done = new List<string>();
        foreach (var record in (await records.ListAsync(cancellationToken)).Where(record => record.State == MigrationRecord.Running && (runId is null || record.RunId == runId)))
        {
            var isOver = record.RunId is null || await new ServerCommand(records.Database, time).EndAsync(MarkOf(record.RunId), cancellationToken);
            done.Add(await SettleAsync(records, record, isOver, cancellationToken));
        }

        return done;
    }

    private static async Task<string> SettleAsync(MigrationRecords records, MigrationRecord record, bool isOver, CancellationToken cancellationToken)
    {
        if (record.Commands > 0 && record.Done == record.Commands)
        {
            if (record.IsDown)
                await records.RolledBackAsync(record, cancellationToken);
            else
                await records.ExecutedAsync(record, took: null, cancellationToken);
            return $"All commands of the {record.Direction} of migration {record.Version} were carried out before its process ended, so its record now says {(record.IsDown ? "rolled back" : "executed")}.";
        }

        var why = record.Commands == 0
            ? $"The process that ran migration {record.Version} ended before its first command. Nothing was changed; it can be retried."
            : string.Create(CultureInfo.InvariantCulture, $"The process that ran migration {record.Version} ended in the middle of it: {record.HowFar} carried out, and whether command {record.Done + 1} was is not known{(isOver ? null : " and may still go on in the server until its time limit")}. Look at what that command changes, then run the migrations with retryFailed (it goes on with command {record.Done + 1}) or roll it back.");
        await records.FailedAsync(record, why, cancellationToken);
        return $"{why} It is recorded as failed.";
    }
}
