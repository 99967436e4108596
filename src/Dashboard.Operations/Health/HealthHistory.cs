using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Health;

/// <summary>Stored reports: the newest of an environment, and its recent past.</summary>
public sealed class HealthHistory(DashboardDatabase database, MaintenanceWindows windows)
{
    private const int DuplicateKey = 11000;

    /// <summary>Marks it when the environment is in maintenance. One that is stored already stays as it is.</summary>
    public async Task SaveAsync(HealthReport report, CancellationToken cancellationToken)
    {
        var open = await windows.OpenAsync(report.Environment, cancellationToken);
        try
        {
            await database.HealthReports.InsertOneAsync(report with { DuringMaintenance = open is not null }, cancellationToken: cancellationToken);
        }
        catch (MongoWriteException exception) when (exception.WriteError?.Code == DuplicateKey)
        {
            // A try before this one, whose answer was lost.
        }
    }

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
