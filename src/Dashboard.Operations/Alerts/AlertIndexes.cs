using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Alerts;

/// <summary>The declared indexes of the alerts.</summary>
internal static class AlertIndexes
{
    public static Task PrepareAsync(DashboardDatabase database, CancellationToken cancellationToken) =>
        database.Alerts.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<Alert>(Builders<Alert>.IndexKeys.Ascending(alert => alert.IsOpen).Ascending(alert => alert.Key)),
                new CreateIndexModel<Alert>(Builders<Alert>.IndexKeys.Ascending(alert => alert.Environment).Descending(alert => alert.RaisedAt)),
                new CreateIndexModel<Alert>(Builders<Alert>.IndexKeys.Descending(alert => alert.RaisedAt)),
            ],
            cancellationToken);
}
