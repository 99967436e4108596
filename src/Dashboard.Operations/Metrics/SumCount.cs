using Dashboard.Operations.Configuration;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Metrics;

/// <summary>Counts one sum anew: an hour from its events and deployments, a day from its hours, a month from its days.</summary>
public sealed class SumCount(DashboardDatabase database, SumMarks marks, MonitoringSettings settings, TimeProvider time)
{
    private static readonly FilterDefinitionBuilder<MetricSum> Is = Builders<MetricSum>.Filter;
    private static readonly FilterDefinitionBuilder<DeploymentEvent> Told = Builders<DeploymentEvent>.Filter;
    private static readonly FilterDefinitionBuilder<DeploymentRecord> Made = Builders<DeploymentRecord>.Filter;
    private readonly IMongoCollection<MetricSum> _sums = database.MetricSums;

    /// <summary>False when another process stored the sum meanwhile; its mark stays, and it is counted again.</summary>
    internal async Task<bool> TryAsync(SumMark mark, CancellationToken cancellationToken)
    {
        var span = mark.Span;
        // The version is read before anything is counted: who stores over it has seen at least as much.
        var stored = await _sums.Find(sum => sum.Id == span.Id).FirstOrDefaultAsync(cancellationToken);
        if (span.To < MetricRetention.OldestDeployment(settings, time.GetUtcNow()))
        {
            await marks.ClearAsync(mark, cancellationToken);
            return true;
        }

        var before = stored ?? new MetricSum { Id = span.Id, Environment = span.Environment, Level = span.Level, From = span.From };
        var counted = span.Level == SumLevel.Hour ? await HourAsync(before, span, cancellationToken) : await MergedAsync(before, span, cancellationToken);
        if (!await TryStoreAsync(stored, counted with { Version = counted.Version + 1 }, cancellationToken))
            return false;
        if (span.Parent is { } parent)
            await marks.SetAsync([parent], cancellationToken);
        await marks.ClearAsync(mark, cancellationToken);
        return true;
    }

    private async Task<MetricSum> HourAsync(MetricSum before, SumSpan span, CancellationToken cancellationToken)
    {
        var deployments = await database.Deployments
            .Find(Made.Eq(deployment => deployment.Environment, span.Environment) & Made.Gte(deployment => deployment.FirstAt, span.From) & Made.Lt(deployment => deployment.FirstAt, span.To))
            .ToListAsync(cancellationToken);
        return before with
        {
            Events = before.IsClosed ? before.Events : await EventsAsync(span, cancellationToken),
            Deployments = DeploymentSum.Of(deployments),
        };
    }

    private async Task<EventSum> EventsAsync(SumSpan span, CancellationToken cancellationToken)
    {
        var phases = new Dictionary<(EventPhase Phase, EventStatus Status), PhaseSum>();
        var migrations = new List<double>();
        DateTimeOffset? last = null;
        var filter = Told.Eq(told => told.Environment, span.Environment) & Told.Gte(told => told.At, span.From) & Told.Lt(told => told.At, span.To);
        using var cursor = await database.DeploymentEvents.Find(filter).Project(told => new { told.Phase, told.Status, told.Milliseconds, told.Counts, told.At }).ToCursorAsync(cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            foreach (var told in cursor.Current)
            {
                var sum = phases.GetValueOrDefault((told.Phase, told.Status)) ?? new PhaseSum(told.Phase, told.Status, 0, 0, 0);
                phases[(told.Phase, told.Status)] = sum with { Count = sum.Count + 1, Timed = sum.Timed + (told.Milliseconds is null ? 0 : 1), Milliseconds = sum.Milliseconds + (told.Milliseconds ?? 0) };
                if (told is { Phase: EventPhase.Migration, Milliseconds: > 0 and var took })
                    migrations.Add(took);
                if (told.Counts && !(last > told.At))
                    last = told.At;
            }
        }

        return new EventSum { Phases = [.. phases.Values.OrderBy(sum => (sum.Phase, sum.Status))], Migrations = Distribution.Of(migrations), LastAt = last };
    }

    private async Task<MetricSum> MergedAsync(MetricSum before, SumSpan span, CancellationToken cancellationToken)
    {
        var below = span.Level - 1;
        var parts = await _sums.Find(Is.Eq(sum => sum.Level, below) & Is.Gte(sum => sum.From, span.From) & Is.Lt(sum => sum.From, span.To) & Is.Eq(sum => sum.Environment, span.Environment)).ToListAsync(cancellationToken);
        return before with { Events = EventSum.Merge([.. parts.Select(part => part.Events)]), Deployments = DeploymentSum.Merge([.. parts.Select(part => part.Deployments)]) };
    }

    private async Task<bool> TryStoreAsync(MetricSum? stored, MetricSum counted, CancellationToken cancellationToken)
    {
        if (stored is not null)
            return (await _sums.ReplaceOneAsync(Is.Eq(sum => sum.Id, counted.Id) & Is.Eq(sum => sum.Version, stored.Version), counted, cancellationToken: cancellationToken)).MatchedCount == 1;
        try
        {
            await _sums.InsertOneAsync(counted, cancellationToken: cancellationToken);
            return true;
        }
        catch (MongoWriteException exception) when (exception.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            return false;
        }
    }
}
