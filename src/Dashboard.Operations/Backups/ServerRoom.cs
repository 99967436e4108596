using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>The room on a server's volume for a copy of what an archive holds, as far as the server tells it.</summary>
/// <param name="Free">Null when it does not tell: a shared cluster, or a user that may not ask.</param>
/// <param name="Needed">What the copy may need at the most: a server that compresses takes less, its indexes take more.</param>
internal sealed record ServerRoom(long? Free, long Needed)
{
    /// <summary>A backup without a manifest tells only its own size, and an archive is compressed.</summary>
    private const int Compression = 4;

    /// <summary>Whether there is too little, for all that is known.</summary>
    public bool IsTooLittle => Free < Needed;

    /// <summary>A sentence.</summary>
    public string Said => Free is { } free
        ? string.Create(CultureInfo.InvariantCulture, $"The server has {free:N0} bytes free, and the copy needs up to {Needed:N0} beside what is there.")
        : string.Create(CultureInfo.InvariantCulture, $"The server does not tell its free space; the copy needs up to {Needed:N0} bytes beside what is there.");

    /// <param name="bytes">Size of the archive file, for one that no manifest describes.</param>
    public static long NeededFor(BackupManifest? manifest, long bytes) => manifest?.Collections.Sum(collection => collection.Bytes) ?? Compression * bytes;

    public static async Task<ServerRoom> AskAsync(IMongoDatabase database, long needed, CancellationToken cancellationToken)
    {
        try
        {
            return Of(await database.RunCommandAsync<BsonDocument>(new BsonDocument("dbStats", 1), cancellationToken: cancellationToken), needed);
        }
        catch (MongoCommandException)
        {
            return new ServerRoom(Free: null, needed);
        }
    }

    internal static ServerRoom Of(BsonDocument stats, long needed) =>
        stats.TryGetValue("fsTotalSize", out var total) && stats.TryGetValue("fsUsedSize", out var used) && total.IsNumeric && used.IsNumeric && total.ToDouble() > 0
            ? new ServerRoom((long)Math.Max(0, total.ToDouble() - used.ToDouble()), needed)
            : new ServerRoom(Free: null, needed);
}
