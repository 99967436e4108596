using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Incidents;

/// <summary>The declared indexes of incidents, which are kept for good: there are few, and one asks years later what was when.</summary>
internal static class IncidentIndexes
{
    public static async Task PrepareAsync(DashboardDatabase database, CancellationToken cancellationToken)
    {
        await database.Incidents.Indexes.CreateManyAsync(
            [
                new CreateIndexModel<Incident>(Builders<Incident>.IndexKeys.Descending(incident => incident.OpenedAt)),
                new CreateIndexModel<Incident>(Builders<Incident>.IndexKeys.Ascending(incident => incident.IsOpen).Descending(incident => incident.OpenedAt)),
                new CreateIndexModel<Incident>(Builders<Incident>.IndexKeys.Ascending(incident => incident.IsPublic).Ascending(incident => incident.IsOpen).Descending(incident => incident.OpenedAt)),
            ],
            cancellationToken);

        // The timeline of an incident asks for the runs of a time.
        await database.Runs.Indexes.CreateOneAsync(
            new CreateIndexModel<Run>(Builders<Run>.IndexKeys.Ascending(run => run.Environment).Ascending(run => run.QueuedAt)), cancellationToken: cancellationToken);
    }
}
