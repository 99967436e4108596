using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Alerts;

/// <summary>The declared indexes of the alerts, their silences and deliveries.</summary>
internal static class AlertIndexes
{
    /// <summary>As long as the days of health are kept.</summary>
    private static readonly TimeSpan KeepCounted = TimeSpan.FromDays(5 * 366);

    public static async Task PrepareAsync(DashboardDatabase database, CancellationToken cancellationToken)
    {
        await database.Alerts.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<Alert>(Builders<Alert>.IndexKeys.Ascending(alert => alert.Slot), new CreateIndexOptions { Unique = true }),
                new CreateIndexModel<Alert>(Builders<Alert>.IndexKeys.Ascending(alert => alert.Key).Descending(alert => alert.RaisedAt)),
                new CreateIndexModel<Alert>(Builders<Alert>.IndexKeys.Ascending(alert => alert.IsOpen).Descending(alert => alert.RaisedAt)),
                new CreateIndexModel<Alert>(Builders<Alert>.IndexKeys.Ascending(alert => alert.IsOpen).Ascending(alert => alert.Severity).Descending(alert => alert.RaisedAt)),
                new CreateIndexModel<Alert>(Builders<Alert>.IndexKeys.Ascending(alert => alert.IsTrimmed).Ascending(alert => alert.IsOpen).Ascending(alert => alert.ResolvedAt)),
                new CreateIndexModel<Alert>(Builders<Alert>.IndexKeys.Ascending(alert => alert.IsDismissed)),
                new CreateIndexModel<Alert>(Builders<Alert>.IndexKeys.Ascending(alert => alert.Environment).Descending(alert => alert.RaisedAt)),
                new CreateIndexModel<Alert>(Builders<Alert>.IndexKeys.Ascending(alert => alert.RaisedAt), new CreateIndexOptions { ExpireAfter = KeepCounted }),
                new CreateIndexModel<Alert>(new IndexKeysDefinitionBuilder<Alert>().Ascending("outbox.at")),
            ],
            cancellationToken);
        await database.AlertDeliveries.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<AlertDelivery>(Builders<AlertDelivery>.IndexKeys
                    .Ascending(delivery => delivery.Environment).Ascending(delivery => delivery.Channel).Ascending(delivery => delivery.State).Ascending(delivery => delivery.At)),
                new CreateIndexModel<AlertDelivery>(Builders<AlertDelivery>.IndexKeys.Ascending(delivery => delivery.AlertId).Ascending(delivery => delivery.At)),
            ],
            cancellationToken);
        await database.AlertSilences.Indexes.CreateOneAsync(
            new CreateIndexModel<AlertSilence>(Builders<AlertSilence>.IndexKeys.Ascending(silence => silence.Until)), cancellationToken: cancellationToken);
    }
}
