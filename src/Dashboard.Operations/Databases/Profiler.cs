using Dashboard.Operations.Backups.Restoring;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Databases;

/// <summary>The database's own profiler: asked, switched on by a record, and put back to what it was.</summary>
public sealed class Profiler(DashboardDatabase dashboard, EnvironmentRegistry environments, TimeProvider time)
{
    private readonly IMongoCollection<Profiling> _records = dashboard.Profilings;

    /// <summary>Null when the server has none; the sentence says so.</summary>
    internal static async Task<(ProfilerSetting? Setting, string? WhyNot)> LookAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        const string none = "Use a MongoDB server to profile queries: Atlas, a replica set or a mongod";
        var build = await database.RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1), cancellationToken: cancellationToken);
        if (RestoreChecks.IsDocumentDb(build))
            return (null, $"The server is a local DocumentDB, which has no profiler. {none}.");
        try
        {
            var answer = await database.RunCommandAsync<BsonDocument>(new BsonDocument("profile", -1), cancellationToken: cancellationToken);
            return (new ProfilerSetting(answer["was"].ToInt32(), answer.GetValue("slowms", 100).ToInt32()), null);
        }
        catch (MongoCommandException exception)
        {
            return (null, $"The server does not profile: {exception.Message.TrimEnd('.')}. {none}, with a user that may.");
        }
    }

    /// <summary>By the server's clock, which is the one that its entries carry.</summary>
    internal static async Task<DateTimeOffset> NowAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var hello = await database.RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), cancellationToken: cancellationToken);
        return new DateTimeOffset(hello["localTime"].ToUniversalTime());
    }

    internal async Task BeginAsync(Profiling record, IMongoDatabase database, CancellationToken cancellationToken)
    {
        await _records.InsertOneAsync(record, cancellationToken: cancellationToken);
        await SetAsync(database, record.Set, cancellationToken);
    }

    /// <summary>Puts back what was before, unless somebody has set something else meanwhile; may be repeated.</summary>
    /// <returns>What was done, as part of a sentence; null when there was nothing to do.</returns>
    internal async Task<string?> EndAsync(string runId, CancellationToken cancellationToken)
    {
        var record = await _records.Find(one => one.Id == runId).FirstOrDefaultAsync(cancellationToken);
        if (record is not { EndedAt: null } || environments.Find(record.Environment) is not { } environment)
            return null;
        var database = environment.Database.Client.GetDatabase(record.Database);
        var (now, _) = await LookAsync(database, cancellationToken);
        var isOurs = now == record.Set;
        if (isOurs && record.Before != record.Set)
            await SetAsync(database, record.Before, cancellationToken);
        await _records.UpdateOneAsync(one => one.Id == runId, Builders<Profiling>.Update.Set(one => one.EndedAt, time.GetUtcNow()), cancellationToken: cancellationToken);
        return isOurs ? $"the profiler of '{record.Database}' is at level {record.Before.Level} again" : null;
    }

    /// <exception cref="UnfinishedException">The database does not answer; it is tried again until it does.</exception>
    internal async Task<string?> EndOrWaitAsync(Run run, CancellationToken cancellationToken)
    {
        try
        {
            return await EndAsync(run.Id, cancellationToken);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw new UnfinishedException($"The profiler of {run.Environment} is still on: {exception.GetBaseException().Message}", exception);
        }
    }

    private static async Task SetAsync(IMongoDatabase database, ProfilerSetting setting, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.ProfilerSets, database.DatabaseNamespace.DatabaseName);
        var command = new BsonDocument { ["profile"] = setting.Level, ["slowms"] = setting.SlowMilliseconds };
        await database.RunCommandAsync<BsonDocument>(command, cancellationToken: cancellationToken);
        await Failpoints.HitAsync(Failpoints.ProfilerSet, database.DatabaseNamespace.DatabaseName);
    }
}
