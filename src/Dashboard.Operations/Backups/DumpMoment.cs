using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>The one moment that every collection is read at, where the server offers that; else none.</summary>
/// <param name="ClusterTime">Null: each collection is read as it is while it is read.</param>
/// <param name="WhyNone">Why there is no moment, for the log.</param>
internal sealed record DumpMoment(BsonTimestamp? ClusterTime, string? WhyNone)
{
    /// <summary>The server forgets a moment after some minutes.</summary>
    private const int SnapshotTooOld = 239;

    /// <summary>A collection that this server cannot read at a moment: a capped one, or one whose definition changed since.</summary>
    private const int SnapshotUnavailable = 246;

    public BsonDocument? ReadConcern =>
        ClusterTime is null ? null : new BsonDocument { { "level", "snapshot" }, { "atClusterTime", ClusterTime } };

    /// <summary>
    /// Lets the server name its newest moment by reading at "snapshot" level. A replica set from 5.0 on does; a standalone server,
    /// an older one and LocalMongo each refuse with an error of their own, so any refusal means that there is no moment to be had.
    /// </summary>
    /// <param name="database">The database to be read.</param>
    /// <param name="probe">A collection that is not capped; null when there is none.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public static async Task<DumpMoment> AskAsync(IMongoDatabase database, string? probe, CancellationToken cancellationToken)
    {
        if (probe is null)
            return new DumpMoment(null, "there is no collection that can be read at one moment");
        try
        {
            var find = new BsonDocument
            {
                { "find", probe }, { "limit", 1 }, { "singleBatch", true }, { "projection", new BsonDocument("_id", 1) },
                { "readConcern", new BsonDocument("level", "snapshot") },
            };
            using var session = await database.Client.StartSessionAsync(new ClientSessionOptions { CausalConsistency = false }, cancellationToken);
            var reply = await database.RunCommandAsync<BsonDocument>(session, find, cancellationToken: cancellationToken);
            return reply["cursor"].AsBsonDocument.TryGetValue("atClusterTime", out var time)
                ? new DumpMoment(time.AsBsonTimestamp, null)
                : new DumpMoment(null, "the server does not say which moment its snapshot shows");
        }
        catch (MongoCommandException refused)
        {
            return new DumpMoment(null, string.Create(CultureInfo.InvariantCulture, $"the server offers no reads at one moment ({refused.CodeName} {refused.Code})"));
        }
    }

    public static bool IsUnavailable(MongoCommandException refused) => refused.Code == SnapshotUnavailable;

    public static bool IsTooOld(MongoCommandException refused) => refused.Code == SnapshotTooOld;

    public CopyException TooOld(string fullName, MongoCommandException refused) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{fullName}: the server no longer keeps the moment of {DateTimeOffset.FromUnixTimeSeconds(ClusterTime?.Timestamp ?? 0):HH:mm:ss} UTC that this backup shows. Raise minSnapshotHistoryWindowInSeconds on the server above the duration of a backup (300 s by default) for backups of one moment."),
        fullName,
        refused)
    { IsSnapshotTooOld = true };
}
