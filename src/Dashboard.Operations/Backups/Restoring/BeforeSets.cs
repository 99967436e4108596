using Dashboard.Operations.Environments;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups.Restoring;

/// <summary>
/// Finds and drops what restores keep beside the live collections and nobody needs any more: what was there before once its time is over, and
/// what dead runs left. Names of a restore that is at work, or has to be finished, are never among them.
/// </summary>
public sealed class BeforeSets(RestoreJournal journal, EnvironmentRegistry environments, RunStore runs, TimeProvider time)
{
    /// <summary>What may go now in the environment's own database and in those that its restores went into; reads only.</summary>
    public async Task<IReadOnlyList<ExpiredSet>> ListExpiredAsync(string environment, CancellationToken cancellationToken)
    {
        // Of all environments: two may share a database.
        var records = (await journal.ListAsync(environment: null, cancellationToken)).ToDictionary(record => record.Id, StringComparer.Ordinal);
        var active = await runs.ActiveIdsAsync(cancellationToken);
        var own = environments.Get(environment).Database;
        var expired = new List<ExpiredSet>();
        foreach (var name in records.Values.Where(record => record.Environment == environment).Select(record => record.Database).Append(own.DatabaseNamespace.DatabaseName).Distinct(StringComparer.Ordinal))
        {
            var look = await DatabaseLook.AtAsync(own.Client.GetDatabase(name), names: null, cancellationToken);
            expired.AddRange(look.All
                .Where(collection => WorkingNames.RunOf(collection) is { } run && !active.Contains(run))
                .GroupBy(collection => WorkingNames.RunOf(collection) ?? string.Empty, StringComparer.Ordinal)
                .Select(group => SetOf(environment, name, group.Key, records.GetValueOrDefault(group.Key), [.. group.Order(StringComparer.Ordinal)]))
                .OfType<ExpiredSet>());
        }

        return expired;
    }

    /// <summary>Drops a set as it was listed; names that are gone already are no error.</summary>
    /// <param name="confirm">Fails when another run may have begun; asked right before each drop: <see cref="OperationSteps.ConfirmLeaseAsync"/>.</param>
    /// <returns>False when it has come into use since it was listed; nothing was dropped then.</returns>
    public async Task<bool> DropAsync(ExpiredSet set, Func<CancellationToken, Task> confirm, CancellationToken cancellationToken)
    {
        // First the record, so that an undo which is asked for meanwhile finds that it comes too late.
        if (await journal.FindAsync(set.RunId, cancellationToken) is { } record && !await TryExpireAsync(record, cancellationToken))
            return false;
        var database = environments.Get(set.Environment).Database.Client.GetDatabase(set.Database).WithWriteConcern(WriteConcern.WMajority);
        foreach (var collection in set.Collections)
        {
            await confirm(cancellationToken);
            await Failpoints.HitAsync(Failpoints.ScratchDrops, collection);
            await database.DropCollectionAsync(collection, cancellationToken);
            await Failpoints.HitAsync(Failpoints.ScratchDropped, collection);
        }

        return true;
    }

    private async Task<bool> TryExpireAsync(RestoreRecord record, CancellationToken cancellationToken)
    {
        if (record.State == RestoreState.Swapped)
            return record.ExpiresAt <= time.GetUtcNow() && await journal.MoveAsync(record with { State = RestoreState.Expired }, RestoreState.Swapped, cancellationToken);
        return record.State is not RestoreState.Swapping;
    }

    /// <summary>Another dashboard may have made it; so it is kept as long as one of ours would be.</summary>
    private bool IsYoung(string environment, string runId) =>
        ObjectId.TryParse(runId, out var id) && id.CreationTime > (time.GetUtcNow() - environments.Get(environment).Settings.BackupKeepBefore).UtcDateTime;

    private ExpiredSet? SetOf(string environment, string database, string runId, RestoreRecord? record, IReadOnlyList<string> collections)
    {
        var why = record switch
        {
            null when IsYoung(environment, runId) => null,
            null => "left by a run that the dashboard does not know",
            { State: RestoreState.Swapping } => null,
            { IsUnfinished: true } => "left by a restore that ended before its swap",
            { State: RestoreState.Abandoned } => "left by a restore that was given up",
            _ when record.ExpiresAt > time.GetUtcNow() => null,
            _ => $"what was there before the restore {record.Told}; kept until its time was over",
        };
        return why is null ? null : new ExpiredSet(environment, database, runId, why, collections);
    }
}

/// <summary>Collections of one run that may be dropped.</summary>
/// <param name="Why">For a person, without a full stop.</param>
public sealed record ExpiredSet(string Environment, string Database, string RunId, string Why, IReadOnlyList<string> Collections);
