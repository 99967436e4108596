using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Health;

/// <summary>The declared indexes and retentions of reports, samples and roll-ups.</summary>
internal static class HealthIndexes
{
    public static readonly TimeSpan KeepSamples = TimeSpan.FromDays(7);
    private static readonly TimeSpan KeepReports = TimeSpan.FromDays(7);
    private static readonly TimeSpan KeepHours = TimeSpan.FromDays(100);
    private static readonly TimeSpan KeepDays = TimeSpan.FromDays(5 * 366);

    public static async Task PrepareAsync(DashboardDatabase database, CancellationToken cancellationToken)
    {
        await database.HealthReports.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<HealthReport>(Builders<HealthReport>.IndexKeys.Ascending(report => report.Environment).Descending(report => report.At)),
                new CreateIndexModel<HealthReport>(
                    Builders<HealthReport>.IndexKeys.Ascending(report => report.At),
                    new CreateIndexOptions { ExpireAfter = KeepReports }),
            ],
            cancellationToken);
        await database.HealthSamples.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<HealthSample>(Builders<HealthSample>.IndexKeys.Ascending(sample => sample.Hour)),
                new CreateIndexModel<HealthSample>(Builders<HealthSample>.IndexKeys.Ascending(sample => sample.Slot), new CreateIndexOptions { ExpireAfter = KeepSamples }),
            ],
            cancellationToken);
        await PrepareAsync(database.HealthHours, KeepHours, cancellationToken);
        await PrepareAsync(database.HealthDays, KeepDays, cancellationToken);
    }

    private static Task<IEnumerable<string>> PrepareAsync(IMongoCollection<HealthRollUp> rollUps, TimeSpan kept, CancellationToken cancellationToken) => rollUps.Indexes.CreateManyAsync(
        [
            new CreateIndexModel<HealthRollUp>(Builders<HealthRollUp>.IndexKeys.Ascending(rollUp => rollUp.Environment).Ascending(rollUp => rollUp.Target).Ascending(rollUp => rollUp.From)),
            new CreateIndexModel<HealthRollUp>(Builders<HealthRollUp>.IndexKeys.Ascending(rollUp => rollUp.From), new CreateIndexOptions { ExpireAfter = kept }),
        ],
        cancellationToken);
}
