using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Metrics;

/// <summary>Where deployment events are added, by runs and by other pipelines alike.</summary>
public sealed class EventLog(DashboardDatabase database)
{
    private const int DuplicateKey = 11000;

    /// <summary>Adds the event; false when one of the same id is there already, which is then the one that counts.</summary>
    public async Task<bool> AddAsync(DeploymentEvent added, CancellationToken cancellationToken)
    {
        try
        {
            await database.DeploymentEvents.InsertOneAsync(added, cancellationToken: cancellationToken);
            return true;
        }
        catch (MongoWriteException exception) when (exception.WriteError?.Code == DuplicateKey)
        {
            return false;
        }
    }
}
