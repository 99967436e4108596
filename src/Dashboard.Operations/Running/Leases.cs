using Dashboard.Operations.Faults;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Running;

/// <summary>
/// One lease document per environment. Every time in it is the database's own ($$NOW), so the clocks of the processes do not matter;
/// the job store's lock is no help here, as it is not checked for its owner and expires by the local clock.
/// </summary>
public sealed class Leases(DashboardDatabase database, RunnerOptions options)
{
    private readonly IMongoCollection<Lease> _leases = database.Leases;

    /// <summary>Takes the lease for the run when it is free, has lapsed, or is the run's own already; else tells the holder.</summary>
    public async Task<(Lease? Lease, Lease Holder)> TakeAsync(Run run, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Failpoints.HitAsync(Failpoints.LeaseTakes, run.Id);
            var lease = await TryTakeAsync(run, cancellationToken);
            if (lease is not null)
            {
                await Failpoints.HitAsync(Failpoints.LeaseTaken, run.Id);
                return (lease, lease);
            }

            var holder = await _leases.Find(known => known.Id == run.Environment).FirstOrDefaultAsync(cancellationToken);
            if (holder is null)
                await MakeAsync(run.Environment, cancellationToken);
            else if (holder.RunId is not null)
                return (null, holder);
        }
    }

    /// <summary>False when another run has been given the lease since, or it was given back.</summary>
    public async Task<bool> RenewAsync(string environment, long token, CancellationToken cancellationToken)
    {
        // A renewal that was broken off here may still reach the database, after the run has given its lease back: nobody would hold it then, for half a minute.
        var renewed = await _leases.UpdateOneAsync(
            lease => lease.Id == environment && lease.Token == token && lease.RunId != null,
            StoreClock.Set<Lease>(new BsonDocument("expiresAt", StoreClock.In(options.LeaseDuration))),
            cancellationToken: cancellationToken);
        return renewed.MatchedCount == 1;
    }

    /// <summary>Does nothing when another run holds the lease.</summary>
    public Task ReleaseAsync(string environment, string runId, CancellationToken cancellationToken) => ReleaseAsync(OwnOf(environment, runId), runId, cancellationToken);

    /// <summary>The same of the lease with this token alone: the run's recovery may have taken the environment under the same id since, and keeps it.</summary>
    public Task ReleaseAsync(string environment, string runId, long token, CancellationToken cancellationToken) =>
        ReleaseAsync(OwnOf(environment, runId) & Builders<Lease>.Filter.Eq(lease => lease.Token, token), runId, cancellationToken);

    /// <summary>Of the lease that the run has, lapsed or not; null when it has none.</summary>
    public async Task<long?> TokenOfAsync(string environment, string runId, CancellationToken cancellationToken) =>
        (await _leases.Find(OwnOf(environment, runId)).FirstOrDefaultAsync(cancellationToken))?.Token;

    /// <summary>Who holds the environment now; null when it is free.</summary>
    public async Task<Lease?> HolderAsync(string environment, CancellationToken cancellationToken) =>
        await _leases
            .Find(Builders<Lease>.Filter.Eq(lease => lease.Id, environment) & StoreClock.NotYet<Lease>("expiresAt"))
            .FirstOrDefaultAsync(cancellationToken);

    private static FilterDefinition<Lease> OwnOf(string environment, string runId) => Builders<Lease>.Filter.Where(lease => lease.Id == environment && lease.RunId == runId);

    private async Task ReleaseAsync(FilterDefinition<Lease> which, string runId, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.LeaseReleases, runId);
        await _leases.UpdateOneAsync(
            which, Builders<Lease>.Update.Set(lease => lease.RunId, null).Set(lease => lease.ExpiresAt, DateTimeOffset.UnixEpoch), cancellationToken: cancellationToken);
        await Failpoints.HitAsync(Failpoints.LeaseReleased, runId);
    }

    private async Task<Lease?> TryTakeAsync(Run run, CancellationToken cancellationToken)
    {
        var free = Builders<Lease>.Filter.Eq(lease => lease.RunId, run.Id) | StoreClock.Passed<Lease>("expiresAt");
        return await _leases.FindOneAndUpdateAsync(
            Builders<Lease>.Filter.Eq(lease => lease.Id, run.Environment) & free,
            StoreClock.Set<Lease>(new BsonDocument
            {
                ["token"] = new BsonDocument("$add", new BsonArray { "$token", 1L }),
                ["runId"] = run.Id,
                ["title"] = new BsonDocument("$literal", run.Title),
                ["holder"] = new BsonDocument("$literal", run.Actor),
                ["takenAt"] = StoreClock.Now,
                ["expiresAt"] = StoreClock.In(options.LeaseDuration),
            }),
            new FindOneAndUpdateOptions<Lease, Lease> { ReturnDocument = ReturnDocument.After },
            cancellationToken);
    }

    private async Task MakeAsync(string environment, CancellationToken cancellationToken)
    {
        try
        {
            await _leases.InsertOneAsync(new Lease { Id = environment, Token = 0 }, cancellationToken: cancellationToken);
        }
        catch (MongoWriteException exception) when (exception.WriteError.Category == ServerErrorCategory.DuplicateKey)
        {
            // Somebody else made it at the same moment.
        }
    }
}
