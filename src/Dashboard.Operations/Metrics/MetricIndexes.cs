using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Metrics;

/// <summary>The declared indexes of the deployment events and of what is counted from them.</summary>
internal static class MetricIndexes
{
    public static async Task PrepareAsync(DashboardDatabase database, CancellationToken cancellationToken)
    {
        await database.DeploymentEvents.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<DeploymentEvent>(Builders<DeploymentEvent>.IndexKeys.Ascending(stored => stored.Environment).Ascending(stored => stored.At).Ascending(stored => stored.Id)),
                new CreateIndexModel<DeploymentEvent>(Builders<DeploymentEvent>.IndexKeys.Ascending(stored => stored.At).Ascending(stored => stored.Id)),
                new CreateIndexModel<DeploymentEvent>(Builders<DeploymentEvent>.IndexKeys.Ascending(stored => stored.DeploymentId)),
                new CreateIndexModel<DeploymentEvent>(Builders<DeploymentEvent>.IndexKeys.Ascending(stored => stored.IsUnsummed), new CreateIndexOptions { Sparse = true }),
            ],
            cancellationToken);
        await database.Deployments.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<DeploymentRecord>(Builders<DeploymentRecord>.IndexKeys.Ascending(stored => stored.Environment).Ascending(stored => stored.FirstAt)),
                new CreateIndexModel<DeploymentRecord>(Builders<DeploymentRecord>.IndexKeys.Ascending(stored => stored.Environment).Ascending(stored => stored.SucceededAt)),
                new CreateIndexModel<DeploymentRecord>(Builders<DeploymentRecord>.IndexKeys.Ascending(stored => stored.Environment).Ascending(stored => stored.RestoredAt).Ascending(stored => stored.FailedAt)),
                new CreateIndexModel<DeploymentRecord>(Builders<DeploymentRecord>.IndexKeys.Ascending(stored => stored.Uncounted), new CreateIndexOptions { Sparse = true }),
                new CreateIndexModel<DeploymentRecord>(Builders<DeploymentRecord>.IndexKeys.Ascending(stored => stored.LastAt)),
            ],
            cancellationToken);
        await database.MetricSums.Indexes.CreateOneAsync(
            new CreateIndexModel<MetricSum>(Builders<MetricSum>.IndexKeys.Ascending(sum => sum.Level).Ascending(sum => sum.From)), cancellationToken: cancellationToken);
        await database.SumMarks.Indexes.CreateOneAsync(
            new CreateIndexModel<SumMark>(Builders<SumMark>.IndexKeys.Ascending(mark => mark.From)), cancellationToken: cancellationToken);
    }
}
