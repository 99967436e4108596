using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Metrics;

/// <summary>The declared indexes of the deployment events.</summary>
internal static class MetricIndexes
{
    public static Task PrepareAsync(DashboardDatabase database, CancellationToken cancellationToken) =>
        database.DeploymentEvents.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<DeploymentEvent>(Builders<DeploymentEvent>.IndexKeys.Ascending(stored => stored.Environment).Descending(stored => stored.At)),
                new CreateIndexModel<DeploymentEvent>(Builders<DeploymentEvent>.IndexKeys.Descending(stored => stored.At)),
                new CreateIndexModel<DeploymentEvent>(Builders<DeploymentEvent>.IndexKeys.Ascending(stored => stored.DeploymentId)),
            ],
            cancellationToken);
}
