using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Health;

/// <summary>Stored reports: the newest of an environment, and its recent past.</summary>
public sealed class HealthHistory(DashboardDatabase database)
{
    public Task SaveAsync(HealthReport report, CancellationToken cancellationToken) =>
        database.HealthReports.InsertOneAsync(report, cancellationToken: cancellationToken);

    public async Task<HealthReport?> LatestAsync(string environment, CancellationToken cancellationToken) =>
        await database.HealthReports
            .Find(report => report.Environment == environment)
            .SortByDescending(report => report.At)
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<HealthReport>> SinceAsync(string environment, DateTimeOffset from, CancellationToken cancellationToken) =>
        await database.HealthReports
            .Find(report => report.Environment == environment && report.At >= from)
            .SortBy(report => report.At)
            .ToListAsync(cancellationToken);
}
