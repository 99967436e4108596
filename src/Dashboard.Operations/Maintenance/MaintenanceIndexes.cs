using Dashboard.Operations.Databases;
using Dashboard.Operations.Logs;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Maintenance;

/// <summary>The declared indexes of what maintenance, index rebuilds, profiling and captured logs keep in the dashboard's database.</summary>
internal static class MaintenanceIndexes
{
    private static readonly TimeSpan KeepRebuilds = TimeSpan.FromDays(400);
    private static readonly TimeSpan KeepLogs = TimeSpan.FromDays(30);

    public static async Task PrepareAsync(DashboardDatabase database, CancellationToken cancellationToken)
    {
        await database.MaintenanceWindows.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<MaintenanceWindow>(Builders<MaintenanceWindow>.IndexKeys.Ascending(window => window.Environment).Ascending(window => window.State)),
                new CreateIndexModel<MaintenanceWindow>(Builders<MaintenanceWindow>.IndexKeys.Ascending(window => window.State).Descending(window => window.Start)),
                new CreateIndexModel<MaintenanceWindow>(Builders<MaintenanceWindow>.IndexKeys.Ascending(window => window.ClosedAt)),
            ],
            cancellationToken);
        await database.IndexRebuilds.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<IndexRebuild>(Builders<IndexRebuild>.IndexKeys.Ascending(rebuild => rebuild.Environment).Ascending(rebuild => rebuild.IsDone)),
                new CreateIndexModel<IndexRebuild>(Builders<IndexRebuild>.IndexKeys.Ascending(rebuild => rebuild.BegunAt), new CreateIndexOptions { ExpireAfter = KeepRebuilds }),
            ],
            cancellationToken);
        await database.Profilings.Indexes.CreateOneAsync(
            new CreateIndexModel<Profiling>(Builders<Profiling>.IndexKeys.Ascending(profiling => profiling.BegunAt), new CreateIndexOptions { ExpireAfter = KeepRebuilds }),
            cancellationToken: cancellationToken);
        await PrepareLogsAsync(database, cancellationToken);
    }

    private static async Task PrepareLogsAsync(DashboardDatabase database, CancellationToken cancellationToken)
    {
        await database.LogLines.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<LogLine>(Builders<LogLine>.IndexKeys.Ascending(line => line.Environment).Descending(line => line.At).Descending(line => line.Order)),
                new CreateIndexModel<LogLine>(Builders<LogLine>.IndexKeys.Ascending(line => line.At), new CreateIndexOptions { ExpireAfter = KeepLogs }),
            ],
            cancellationToken);
        await database.LogGaps.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<LogGap>(Builders<LogGap>.IndexKeys.Ascending(gap => gap.Environment).Ascending(gap => gap.To)),
                new CreateIndexModel<LogGap>(Builders<LogGap>.IndexKeys.Ascending(gap => gap.To), new CreateIndexOptions { ExpireAfter = KeepLogs }),
            ],
            cancellationToken);
    }
}
