using MongoDB.Bson;
using MongoDB.Driver;

namespace DndTracker.Maintenance;

/// <summary>What the operators say about maintenance; <see cref="Until"/> is when they expect to be done.</summary>
internal sealed record MaintenanceNotice(bool IsOn, string Message, DateTimeOffset? Until)
{
    public static MaintenanceNotice Off { get; } = new(false, "", null);
}

/// <summary>The maintenance flag in the application's database (collection <c>maintenance</c>, document <c>mode</c>), at most a second old.</summary>
internal sealed partial class MaintenanceMode(TrackerDatabase database, TimeProvider time, ILogger<MaintenanceMode> logger) : IDisposable
{
    // Half of the promised second: the other half is for the read itself.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Known? _known;

    public async Task<MaintenanceNotice> GetAsync(CancellationToken cancellationToken)
    {
        if (FreshNotice() is { } notice)
            return notice;

        await _reading.WaitAsync(cancellationToken);
        try
        {
            return FreshNotice() ?? await ReadAsync(cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private MaintenanceNotice? FreshNotice() =>
        _known is { } known && time.GetElapsedTime(known.ReadAt) < Fresh ? known.Notice : null;

    private async Task<MaintenanceNotice> ReadAsync(CancellationToken cancellationToken)
    {
        var readAt = time.GetTimestamp();
        var before = _known?.Notice ?? MaintenanceNotice.Off;
        var notice = before;
        try
        {
            var found = await database.FindAsync(
                "maintenance", Builders<BsonDocument>.Filter.Eq("_id", "mode"), new FindOptions<BsonDocument> { Limit = 1 }, cancellationToken);
            notice = found is [var document] ? Parse(document) : MaintenanceNotice.Off;
        }
        catch (Exception outage) when (TrackerDatabase.IsOutage(outage))
        {
            // Without the database the last word stands. The answer counts as fresh from now on, or every page would wait for the time limit.
            readAt = time.GetTimestamp();
        }

        _known = new Known(notice, readAt);
        if (notice.IsOn != before.IsOn)
            LogChange(notice.IsOn ? "on" : "off");
        return notice;
    }

    private static MaintenanceNotice Parse(BsonDocument document) => new(
        document.GetValue("enabled", false).ToBoolean(),
        document.GetValue("message", "") is BsonString message ? message.Value : "",
        document.GetValue("until", BsonNull.Value) is BsonDateTime until ? new DateTimeOffset(until.ToUniversalTime()) : null);

    [LoggerMessage(LogLevel.Information, "Maintenance is {State}")]
    private partial void LogChange(string state);

    private sealed record Known(MaintenanceNotice Notice, long ReadAt);
}
