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
public sealed class BeforeSets(RestoreJournal journal, EnvironmentRegistry environments, RunStore runs, TimeProvider time) : IExpiredSets
{
    /// <summary>In the environment's own database and in those that its restores went into; reads only.</summary>
    public async Task<IReadOnlyList<ExpiredSet>> ListAsync(string environment, CancellationToken cancellationToken) =>
        [.. (await FindAsync(environment, cancellationToken)).Select(set => new ExpiredSet(environment, set.Name, set.Why))];

    /// <summary>To be called under the environment's lease. A set that has come into use since it was listed stays.</summary>
    public async Task DropAsync(ExpiredSet expired, CancellationToken cancellationToken)
    {
        var set = (await FindAsync(expired.Environment, cancellationToken)).FirstOrDefault(set => set.Name == expired.Name);
        // First the record, so that an undo which is asked for meanwhile finds that it comes too late.
        if (set is null || (set.Record is { State: RestoreState.Swapped } record
            && !await journal.MoveAsync(record with { State = RestoreState.Expired }, RestoreState.Swapped, cancellationToken)))
            return;
        var database = environments.Get(expired.Environment).Database.Client.GetDatabase(set.Database).WithWriteConcern(WriteConcern.WMajority);
        foreach (var collection in set.Collections)
        {
            await Failpoints.HitAsync(Failpoints.ScratchDrops, collection);
            await database.DropCollectionAsync(collection, cancellationToken);
            await Failpoints.HitAsync(Failpoints.ScratchDropped, collection);
        }
    }

    private async Task<IReadOnlyList<BeforeSet>> FindAsync(string environment, CancellationToken cancellationToken)
    {
        // Of all environments: two may share a database.
        var records = (await journal.ListAsync(environment: null, cancellationToken)).ToDictionary(record => record.Id, StringComparer.Ordinal);
        var active = await runs.ActiveIdsAsync(cancellationToken);
        var own = environments.Get(environment).Database;
        var here = await RestoreServer.AskAsync(own.Client, cancellationToken);
        var expired = new List<BeforeSet>();
        foreach (var name in records.Values.Where(record => record.Environment == environment && record.IsOn(here)).Select(record => record.Database).Append(own.DatabaseNamespace.DatabaseName).Distinct(StringComparer.Ordinal))
        {
            var look = await DatabaseLook.AtAsync(own.Client.GetDatabase(name), names: null, cancellationToken);
            foreach (var group in look.All.GroupBy(WorkingNames.RunOf, StringComparer.Ordinal))
            {
                if (group.Key is not { } runId || active.Contains(runId) || records.GetValueOrDefault(runId)?.IsOn(here) == false || WhyOf(environment, runId, records.GetValueOrDefault(runId)) is not { } why)
                    continue;
                expired.Add(new BeforeSet(name, runId, why, [.. group.Order(StringComparer.Ordinal)], records.GetValueOrDefault(runId)));
            }
        }

        return expired;
    }

    private string? WhyOf(string environment, string runId, RestoreRecord? record) => record switch
    {
        null when IsYoung(environment, runId) => null,
        null => "left by a run that the dashboard does not know",
        { State: RestoreState.Swapping } => null,
        { IsUnfinished: true } => "left by a restore that ended before its swap",
        { State: RestoreState.Abandoned } => "left by a restore that was given up",
        _ when record.ExpiresAt > time.GetUtcNow() => null,
        _ => $"what was there before the restore {record.Told}, kept until its time was over",
    };

    /// <summary>Another dashboard may have made it; so it is kept as long as one of ours would be.</summary>
    private bool IsYoung(string environment, string runId) =>
        ObjectId.TryParse(runId, out var id) && id.CreationTime > (time.GetUtcNow() - environments.Get(environment).Settings.BackupKeepBefore).UtcDateTime;

    private sealed record BeforeSet(string Database, string RunId, string Why, IReadOnlyList<string> Collections, RestoreRecord? Record)
    {
        public string Name => $"{Database}, collections beside of run {RunId}";
    }
}
