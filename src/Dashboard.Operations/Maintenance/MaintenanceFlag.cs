using Dashboard.Operations.Environments;
using Dashboard.Operations.Faults;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Maintenance;

/// <summary>What the application's database says about maintenance.</summary>
/// <param name="WindowId">The window of which it was written; null when somebody wrote it by hand.</param>
public sealed record FlagState(bool IsOn, string Message, DateTimeOffset? Until, string? WindowId)
{
    public static FlagState Off { get; } = new(IsOn: false, string.Empty, Until: null, WindowId: null);
}

/// <summary>
/// The document <c>mode</c> of the collection <c>maintenance</c> in the application's database, which the application reads about once a second.
/// It carries the token of the lease under which it was written, and an older one never overwrites a newer.
/// </summary>
internal static class MaintenanceFlag
{
    public const string Collection = "maintenance";
    private const string Mode = "mode";

    public static async Task<FlagState> ReadAsync(TargetEnvironment environment, CancellationToken cancellationToken) =>
        await Flags(environment).Find(Builders<BsonDocument>.Filter.Eq("_id", Mode)).FirstOrDefaultAsync(cancellationToken) is { } document ? Read(document) : FlagState.Off;

    /// <summary>False when a newer word stands there.</summary>
    public static Task<bool> SwitchOnAsync(TargetEnvironment environment, MaintenanceWindow window, CancellationToken cancellationToken) =>
        WriteAsync(environment, window.Token, Document(environment, window, isOn: true), cancellationToken);

    /// <summary>False when a newer word stands there.</summary>
    /// <param name="window">Null for a flag that belongs to none.</param>
    public static Task<bool> SwitchOffAsync(TargetEnvironment environment, MaintenanceWindow? window, long token, CancellationToken cancellationToken) =>
        WriteAsync(environment, token, window is null ? OffDocument(environment, token) : Document(environment, window with { Token = token }, isOn: false), cancellationToken);

    public static bool Shows(FlagState flag, MaintenanceWindow window) => flag.IsOn && flag.WindowId == window.Id && flag.Message == window.Notice;

    private static BsonDocument Document(TargetEnvironment environment, MaintenanceWindow window, bool isOn) => new()
    {
        ["_id"] = Mode,
        ["enabled"] = isOn,
        ["message"] = window.Notice,
        ["until"] = new BsonDateTime(window.End.UtcDateTime),
        ["window"] = window.Id,
        ["environment"] = environment.Name,
        ["token"] = window.Token,
    };

    private static BsonDocument OffDocument(TargetEnvironment environment, long token) => new()
    {
        ["_id"] = Mode,
        ["enabled"] = false,
        ["message"] = string.Empty,
        ["environment"] = environment.Name,
        ["token"] = token,
    };

    private static async Task<bool> WriteAsync(TargetEnvironment environment, long token, BsonDocument document, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoints.ModeSwitches, environment.Name);
        var written = await TryWriteAsync(environment, token, document, cancellationToken);
        await Failpoints.HitAsync(Failpoints.ModeSwitched, environment.Name);
        return written;
    }

    private static async Task<bool> TryWriteAsync(TargetEnvironment environment, long token, BsonDocument document, CancellationToken cancellationToken)
    {
        var match = Builders<BsonDocument>.Filter;
        // A document without a token was written by hand, and one of another environment came with its backup: both are older than any word of ours.
        var older = match.Eq("_id", Mode) & (match.Not(match.Gt("token", token)) | match.Ne("environment", environment.Name));
        var flags = Flags(environment);
        while (true)
        {
            if ((await flags.ReplaceOneAsync(older, document, cancellationToken: cancellationToken)).MatchedCount == 1)
                return true;
            if (await flags.Find(match.Eq("_id", Mode)).AnyAsync(cancellationToken))
                return false;
            try
            {
                await flags.InsertOneAsync(document, cancellationToken: cancellationToken);
                return true;
            }
            catch (MongoWriteException exception) when (exception.WriteError.Category == ServerErrorCategory.DuplicateKey)
            {
                // Somebody wrote it at the same moment: whose word is newer is looked at again.
            }
        }
    }

    private static FlagState Read(BsonDocument document) => new(
        document.GetValue("enabled", false).ToBoolean(),
        document.GetValue("message", "") is BsonString message ? message.Value : string.Empty,
        document.GetValue("until", BsonNull.Value) is BsonDateTime until ? new DateTimeOffset(until.ToUniversalTime()) : null,
        document.GetValue("window", BsonNull.Value) is BsonString window ? window.Value : null);

    private static IMongoCollection<BsonDocument> Flags(TargetEnvironment environment) =>
        environment.Database.GetCollection<BsonDocument>(Collection).WithWriteConcern(WriteConcern.WMajority.With(journal: true));
}
