using Dashboard.Operations.Environments;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>
/// Brings what stopped in the middle to one of its two ends: before the swap the live database is entirely the old one and what was loaded
/// beside it is dropped, from the swap on it becomes entirely the new one. May be repeated, and may itself be killed anywhere.
/// </summary>
public sealed class RestoreRecovery(RestoreJournal journal, EnvironmentRegistry environments, Leases leases, TimeProvider time)
{
    private static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(200);

    /// <summary>Under the lease of the run's environment, so that no other run meets a database that is half old and half new.</summary>
    /// <exception cref="UnfinishedException">Not now: the environment is in use, or its database does not answer.</exception>
    internal async Task<string?> RecoverAsync(Run run, CancellationToken cancellationToken)
    {
        if (SentenceOfEnd(await journal.FindAsync(run.Id, cancellationToken)) is { } ended)
            return ended;
        var (lease, holder) = await leases.TakeAsync(run, cancellationToken);
        if (lease is null)
            throw new UnfinishedException($"What run {run.Id} left waits: {holder.Sentence}");
        try
        {
            // Read again under the lease: another watch may have finished it, and others may have gone on with the database since.
            var record = await journal.FindAsync(run.Id, cancellationToken);
            if (record is null || SentenceOfEnd(record) is not null)
                return SentenceOfEnd(record);
            return await WhyElsewhereAsync(record, cancellationToken) is { } elsewhere
                ? $"{elsewhere}, and nothing of it was touched: start the restore there once more, with MONGODB_URI set to that server as before, and it finishes first what this one left"
                : await FinishAsync(record, token => ConfirmAsync(lease, token), _ => { }, cancellationToken);
        }
        catch (Exception exception) when (StoreFailure.Is(exception) || exception is LeaseLostException)
        {
            throw new UnfinishedException($"What run {run.Id} left waits: {exception.GetBaseException().Message}", exception);
        }
        finally
        {
            await leases.ReleaseAsync(run.Environment, run.Id, CancellationToken.None);
        }
    }

    /// <summary>The beginning of a sentence when the database is on another server than the one that this process has for its environment; null when it is the same.</summary>
    internal async Task<string?> WhyElsewhereAsync(RestoreRecord record, CancellationToken cancellationToken)
    {
        var server = await RestoreServer.AskAsync(environments.Get(record.Environment).Database.Client, cancellationToken);
        return record.IsOn(server) ? null : $"the restore {record.Told} changed '{record.Database}' on the server {record.Server}, while {record.Environment} is on {server} here";
    }

    /// <summary>Null while somebody still has to finish it or clear it away.</summary>
    private static string? SentenceOfEnd(RestoreRecord? record) => record?.State switch
    {
        null => "the live database is entirely the old one: nothing had been loaded or moved",
        RestoreState.Swapped or RestoreState.Undone or RestoreState.Expired => "the live database is entirely the new one",
        _ => null,
    };

    /// <summary>Says which of the two the live database is now.</summary>
    /// <param name="confirm">Fails when another run may have begun; asked right before each change.</param>
    internal async Task<string> FinishAsync(RestoreRecord record, Func<CancellationToken, Task> confirm, Action<string> tell, CancellationToken cancellationToken)
    {
        if (record.State != RestoreState.Swapping)
        {
            await AbandonAsync(record, confirm, confirm, cancellationToken);
            return $"the live database '{record.Database}' is entirely the old one; what was loaded beside it was dropped";
        }

        var swap = new RestoreSwap(journal, time);
        var strays = new List<string>();
        await swap.ForwardAsync(DatabaseOf(record), record, KeepOf(record), confirm, strays.Add, cancellationToken);
        return string.Join(' ', [$"the live database '{record.Database}' is entirely the new one; the swap was finished", .. strays]);
    }

    /// <summary>First the record, so that a process that wakes cannot begin the swap any more, then what was loaded.</summary>
    /// <param name="confirmScratch">Names with the run's id can be dropped by a process that is too late; nobody else has them.</param>
    /// <param name="confirmDirect">Names without it cannot.</param>
    internal async Task AbandonAsync(
        RestoreRecord record, Func<CancellationToken, Task> confirmScratch, Func<CancellationToken, Task> confirmDirect, CancellationToken cancellationToken)
    {
        if (record.State != RestoreState.Abandoned
            && !await journal.MoveAsync(record with { State = RestoreState.Abandoned }, record.State, cancellationToken))
            throw new UnfinishedException($"The record of the restore {record.Told} changed meanwhile.");
        // An insert that was torn off may still be at work on the server and make its collection once more: so it is looked again.
        for (var left = await ScratchAsync(record, cancellationToken); left.Count > 0; left = await ScratchAsync(record, cancellationToken))
        {
            await DropAsync(record, left.Where(name => WorkingNames.RunOf(name) is not null), confirmScratch, cancellationToken);
            await DropAsync(record, left.Where(name => WorkingNames.RunOf(name) is null), confirmDirect, cancellationToken);
            await Task.Delay(SettleTime, time, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<string>> ScratchAsync(RestoreRecord record, CancellationToken cancellationToken)
    {
        var look = await DatabaseLook.AtAsync(DatabaseOf(record), names: null, cancellationToken);
        return [.. look.All.Where(name => WorkingNames.IsOf(name, "restore", record.Id)), .. record.Direct.Where(name => look.KindOf(name) != SwapKind.None)];
    }

    private async Task DropAsync(RestoreRecord record, IEnumerable<string> names, Func<CancellationToken, Task> confirm, CancellationToken cancellationToken)
    {
        var database = DatabaseOf(record).WithWriteConcern(WriteConcern.WMajority);
        foreach (var name in names)
        {
            await confirm(cancellationToken);
            await Failpoints.HitAsync(Failpoints.ScratchDrops, name);
            await database.DropCollectionAsync(name, cancellationToken);
            await Failpoints.HitAsync(Failpoints.ScratchDropped, name);
        }
    }

    private IMongoDatabase DatabaseOf(RestoreRecord record) => environments.Get(record.Environment).Database.Client.GetDatabase(record.Database);

    private TimeSpan KeepOf(RestoreRecord record) => environments.Get(record.Environment).Settings.BackupKeepBefore;

    private async Task ConfirmAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (!await leases.RenewAsync(lease.Id, lease.Token, cancellationToken))
            throw new LeaseLostException($"Another run holds {lease.Id} now.");
    }
}
