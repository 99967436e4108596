using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Metrics;

/// <summary>Brings new events to the deployments that they belong to, and marks every hour whose sum that made wrong.</summary>
public sealed class EventAssignment(DashboardDatabase database, SumMarks marks)
{
    private const int MostAtOnce = 1_000;
    private static readonly FilterDefinitionBuilder<DeploymentRecord> Is = Builders<DeploymentRecord>.Filter;
    private readonly IMongoCollection<DeploymentRecord> _deployments = database.Deployments;

    /// <summary>False when another process changed one of the deployments meanwhile: then all of it is tried again, which does no harm.</summary>
    internal async Task<bool> TryAsync(IReadOnlyList<DeploymentEvent> events, CancellationToken cancellationToken)
    {
        if (!await TryStoreAsync(await ChangesAsync(events, cancellationToken), cancellationToken))
            return false;
        foreach (var group in events.GroupBy(told => told.Environment, StringComparer.Ordinal))
        {
            if (!await TryStoreAsync(await RestoresAsync(group.Key, [.. group], cancellationToken), cancellationToken))
                return false;
        }

        await marks.SetAsync(events.Select(told => SumSpan.HourOf(told.Environment, told.At)), cancellationToken);
        var ids = events.Select(told => told.Id).ToList();
        await database.DeploymentEvents.UpdateManyAsync(
            Builders<DeploymentEvent>.Filter.In(told => told.Id, ids), Builders<DeploymentEvent>.Update.Unset(told => told.IsUnsummed), cancellationToken: cancellationToken);
        return true;
    }

    /// <summary>Marks what changed deployments have made wrong, also those that a process left behind that ended right after the change.</summary>
    internal async Task MarkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = await _deployments.Find(Is.Exists(deployment => deployment.Uncounted)).Limit(MostAtOnce).ToListAsync(cancellationToken);
            if (changed.Count == 0)
                return;
            await marks.SetAsync(changed.SelectMany(deployment => (deployment.Uncounted ?? []).Select(hour => SumSpan.HourOf(deployment.Environment, hour))), cancellationToken);
            await _deployments.BulkWriteAsync(
                changed.Select(deployment => new UpdateOneModel<DeploymentRecord>(
                    Is.Eq(stored => stored.Id, deployment.Id) & Is.Eq(stored => stored.Version, deployment.Version), Builders<DeploymentRecord>.Update.Unset(stored => stored.Uncounted))),
                new BulkWriteOptions { IsOrdered = false },
                cancellationToken);
        }
    }

    private async Task<List<Change>> ChangesAsync(IReadOnlyList<DeploymentEvent> events, CancellationToken cancellationToken)
    {
        var ids = events.SelectMany(KeysOf).Distinct(StringComparer.Ordinal).ToList();
        var before = (await _deployments.Find(Is.In(deployment => deployment.Id, ids)).ToListAsync(cancellationToken)).ToDictionary(deployment => deployment.Id, StringComparer.Ordinal);
        var after = new Dictionary<string, DeploymentRecord>(before, StringComparer.Ordinal);
        foreach (var told in events)
        {
            if (told.Counts)
                Change(told.DeploymentId, deployment => deployment.With(told));
            if (told.GoesBackFrom is { } from)
                Change(from, deployment => deployment.WithWayBack(told));

            void Change(string deploymentId, Func<DeploymentRecord, DeploymentRecord> how)
            {
                var id = DeploymentRecord.IdOf(told.Environment, deploymentId);
                after[id] = how(after.GetValueOrDefault(id) ?? DeploymentRecord.New(told.Environment, deploymentId));
            }
        }

        return [.. after.Values.Select(deployment => new Change(before.GetValueOrDefault(deployment.Id), deployment)).Where(change => change.Before != change.After)];
    }

    private static IEnumerable<string> KeysOf(DeploymentEvent told)
    {
        if (told.Counts)
            yield return DeploymentRecord.IdOf(told.Environment, told.DeploymentId);
        if (told.GoesBackFrom is { } from)
            yield return DeploymentRecord.IdOf(told.Environment, from);
    }

    /// <summary>Failed deployments after which something good runs again, as far as the events have something to do with it.</summary>
    private async Task<List<Change>> RestoresAsync(string environment, IReadOnlyList<DeploymentEvent> events, CancellationToken cancellationToken)
    {
        var inEnvironment = Is.Eq(deployment => deployment.Environment, environment);
        var newest = await _deployments.Find(inEnvironment & Is.Ne(deployment => deployment.SucceededAt, null)).SortByDescending(deployment => deployment.SucceededAt).FirstOrDefaultAsync(cancellationToken);
        if (newest?.SucceededAt is not { } lastSuccess)
            return [];
        var unrestored = Is.Eq(deployment => deployment.RestoredAt, null);
        if (events.Where(told => told is { Phase: EventPhase.Verification, Status: EventStatus.Success }).Min(told => (DateTimeOffset?)told.At) is { } firstSuccess)
            unrestored |= Is.Gt(deployment => deployment.RestoredAt, firstSuccess);
        var failed = await _deployments.Find(inEnvironment & Is.Eq(deployment => deployment.SucceededAt, null) & Is.Lt(deployment => deployment.FailedAt, lastSuccess) & unrestored).ToListAsync(cancellationToken);
        if (failed.Count == 0)
            return [];

        var since = failed.Min(deployment => deployment.FailedAt);
        var successes = (await _deployments.Find(inEnvironment & Is.Gte(deployment => deployment.SucceededAt, since)).Project(deployment => deployment.SucceededAt).ToListAsync(cancellationToken))
            .OfType<DateTimeOffset>().Order().ToList();
        return
        [
            .. failed.Select(deployment => new Change(deployment, deployment with { RestoredAt = Next(successes, deployment.FailedAt ?? lastSuccess) }))
                .Where(change => change.Before != change.After),
        ];
    }

    private static DateTimeOffset Next(List<DateTimeOffset> moments, DateTimeOffset after)
    {
        var at = moments.BinarySearch(after);
        return moments[at < 0 ? ~at : at];
    }

    private async Task<bool> TryStoreAsync(List<Change> changes, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
            return true;
        var writes = changes.Select(change =>
        {
            var next = change.After with { Version = change.After.Version + 1, Uncounted = HoursOf(change) };
            return change.Before is null
                ? (WriteModel<DeploymentRecord>)new InsertOneModel<DeploymentRecord>(next)
                : new ReplaceOneModel<DeploymentRecord>(Is.Eq(deployment => deployment.Id, next.Id) & Is.Eq(deployment => deployment.Version, change.Before.Version), next);
        });
        try
        {
            var written = await _deployments.BulkWriteAsync(writes, new BulkWriteOptions { IsOrdered = false }, cancellationToken);
            return written.InsertedCount + written.MatchedCount == changes.Count;
        }
        catch (MongoBulkWriteException<DeploymentRecord> exception) when (exception.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            return false;
        }
    }

    private static List<DateTimeOffset>? HoursOf(Change change)
    {
        var hours = new[] { change.Before?.FirstAt, change.After.FirstAt }.OfType<DateTimeOffset>().Select(at => SumSpan.Floor(SumLevel.Hour, at))
            .Concat(change.Before?.Uncounted ?? []).Distinct().ToList();
        return hours.Count == 0 ? null : hours;
    }

    private sealed record Change(DeploymentRecord? Before, DeploymentRecord After);
}
