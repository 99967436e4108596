using Dashboard.Operations.Configuration;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Metrics;

/// <summary>
/// Deletes single events that have been kept as long as <c>metrics.retention.days</c> says, in whole weeks, so that an export of a week is whole or
/// not there; only those that are in the sums, which stay.
/// </summary>
public sealed class MetricRetention(DashboardDatabase database, MetricFold fold, SumMarks marks, MonitoringSettings settings, TimeProvider time)
{
    /// <summary>Beyond its events: a deployment may be gone back from, or its failure be ended, long after.</summary>
    private static readonly TimeSpan KeepDeployments = TimeSpan.FromDays(400);

    /// <summary>Of older weeks there is no single event any more, or will soon be none.</summary>
    public DateTimeOffset OldestEvent => IsoWeek.Of(Back(time.GetUtcNow(), settings.KeepMetrics)).From;

    /// <summary>How many events were deleted.</summary>
    public async Task<long> PruneAsync(CancellationToken cancellationToken)
    {
        var oldest = OldestEvent;
        await fold.FoldAsync(int.MaxValue, cancellationToken);
        // What is to be counted again needs its events.
        if (await marks.AnyAsync(oldest, cancellationToken))
            return 0;
        var sums = Builders<MetricSum>.Filter;
        await database.MetricSums.UpdateManyAsync(
            sums.Eq(sum => sum.Level, SumLevel.Hour) & sums.Lt(sum => sum.From, oldest) & sums.Eq(sum => sum.IsClosed, false),
            Builders<MetricSum>.Update.Set(sum => sum.IsClosed, true).Inc(sum => sum.Version, 1),
            cancellationToken: cancellationToken);
        var deleted = await database.DeploymentEvents.DeleteManyAsync(
            Builders<DeploymentEvent>.Filter.Lt(told => told.At, oldest) & Builders<DeploymentEvent>.Filter.Exists(told => told.IsUnsummed, exists: false), cancellationToken);
        var oldestDeployment = OldestDeployment(settings, time.GetUtcNow());
        await database.Deployments.DeleteManyAsync(deployment => deployment.LastAt < oldestDeployment, cancellationToken);
        return deleted.DeletedCount;
    }

    /// <summary>Of deployments before it nothing is kept but their sums, which are then final.</summary>
    internal static DateTimeOffset OldestDeployment(MonitoringSettings settings, DateTimeOffset now) => Back(now, settings.KeepMetrics + KeepDeployments);

    private static DateTimeOffset Back(DateTimeOffset now, TimeSpan span) => now - DateTimeOffset.UnixEpoch > span ? now - span : DateTimeOffset.UnixEpoch;
}
