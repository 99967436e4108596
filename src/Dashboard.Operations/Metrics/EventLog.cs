using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Metrics;

/// <summary>Where deployment events are added, by runs and by other pipelines alike.</summary>
public sealed class EventLog(DashboardDatabase database, TimeProvider time)
{
    /// <summary>How long after its end a week may still get an event that waited for the database.</summary>
    public static readonly TimeSpan WeekPatience = TimeSpan.FromHours(1);

    private const int DuplicateKey = 11000;

    /// <summary>Adds the event; false when one of the same id is there already, which is then the one that counts.</summary>
    public async Task<bool> AddAsync(DeploymentEvent added, CancellationToken cancellationToken)
    {
        try
        {
            await database.DeploymentEvents.InsertOneAsync(added with { At = MomentOf(added), IsUnsummed = true }, cancellationToken: cancellationToken);
            return true;
        }
        catch (MongoWriteException exception) when (exception.WriteError?.Code == DuplicateKey)
        {
            return false;
        }
    }

    /// <summary>An event that comes when its week is closed is kept as of now: what was given out of a closed week stays true.</summary>
    private DateTimeOffset MomentOf(DeploymentEvent added)
    {
        var now = time.GetUtcNow();
        return IsoWeek.Of(added.At).To + WeekPatience <= now ? now : added.At;
    }
}
