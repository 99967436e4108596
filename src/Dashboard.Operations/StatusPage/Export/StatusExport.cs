using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.StatusPage;

/// <summary>
/// Keeps the copy equal to the page: written when something was edited or changed its state, and renewed now and then, so that a reader can tell
/// a copy that is kept from one that is not. Of several dashboards one writes at a time, and none over a newer copy.
/// </summary>
public sealed partial class StatusExport(DashboardDatabase database, BundlePlaces places, TimeProvider time, ILogger<StatusExport> logger)
{
    public static readonly TimeSpan Renewal = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(5);

    /// <summary>A writer stops before its claim does, by its own clock: it may have slept.</summary>
    private static readonly TimeSpan LongestWriting = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private BundleMark? _there;
    private int _failures;
    private DateTimeOffset _nextTryAt;

    /// <summary>Why the last try failed; null when it did not.</summary>
    public string? Problem { get; private set; }

    /// <summary>Not for two callers at once.</summary>
    /// <param name="make">The files but the mark; the page itself last.</param>
    /// <returns>Whether it was written here.</returns>
    public async Task<bool> LookAsync(StatusSnapshot snapshot, Func<StatusSnapshot, Task<IReadOnlyList<BundleFile>>> make, CancellationToken cancellationToken)
    {
        var mark = BundleMark.Of(snapshot);
        var now = time.GetUtcNow();
        if (places.Place is not { } place || IsCurrent(_there, mark, now) || now < _nextTryAt)
            return false;
        if (await ClaimAsync(place, cancellationToken) is not { } claim)
            return false;
        try
        {
            var isWritten = await WriteAsync(place, snapshot, mark, make, cancellationToken);
            Succeed(place);
            return isWritten;
        }
        catch (IOException exception)
        {
            Fail(place, exception);
            return false;
        }
        finally
        {
            await database.StatusExports.DeleteOneAsync(held => held.Id == place.Description && held.Claim == claim, CancellationToken.None);
        }
    }

    /// <summary>To a place that nobody else writes to.</summary>
    public static async Task<int> WriteAsync(BundlePlace place, BundleMark mark, IReadOnlyList<BundleFile> files, CancellationToken cancellationToken)
    {
        foreach (var file in files)
            await place.PutAsync(file, cancellationToken);
        await place.PutAsync(mark.File(), cancellationToken);
        return files.Count + 1;
    }

    private async Task<bool> WriteAsync(BundlePlace place, StatusSnapshot snapshot, BundleMark mark, Func<StatusSnapshot, Task<IReadOnlyList<BundleFile>>> make, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LongestWriting, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var there = BundleMark.Read(await place.ReadAsync(BundleMark.Path, either.Token));
            if (IsCurrent(there, mark, time.GetUtcNow()) || there?.At > mark.At)
            {
                // Another one's is as good or newer; what is newer is compared with the next snapshot.
                _there = there;
                return false;
            }

            await WriteAsync(place, mark, await make(snapshot), either.Token);
            _there = mark;
            return true;
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException("it took longer than a few minutes", exception);
        }
    }

    private static bool IsCurrent(BundleMark? there, BundleMark wanted, DateTimeOffset now) => there is not null && there.State == wanted.State && now - there.At < Renewal;

    private void Succeed(BundlePlace place)
    {
        if (Problem is not null)
            LogAgain(logger, place.Description);
        (Problem, _failures, _nextTryAt) = (null, 0, default);
        StatusTelemetry.Exported(_there!.At);
    }

    private void Fail(BundlePlace place, IOException exception)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(_failures++, 10));
        (Problem, _nextTryAt) = ($"The copy of the status page was not written to {place.Description}: {exception.Message.TrimEnd('.')}.", time.GetUtcNow() + (pause < LongestPause ? pause : LongestPause));
        StatusTelemetry.ExportFailed();

        // Half of it may be written, so what is there is not known.
        _there = null;
        if (_failures == 1)
            LogFailed(logger, Problem);
    }

    /// <summary>Null while somebody else writes there.</summary>
    private async Task<string?> ClaimAsync(BundlePlace place, CancellationToken cancellationToken)
    {
        var claim = ObjectId.GenerateNewId().ToString();
        try
        {
            // One that has lapsed by the database's clock at once: the clock cannot be named in what inserts.
            await database.StatusExports.InsertOneAsync(new ExportClaim { Id = place.Description, ClaimedUntil = DateTimeOffset.UnixEpoch, Claim = claim }, cancellationToken: cancellationToken);
        }
        catch (MongoWriteException exception) when (exception.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            // Somebody has it, or had.
        }

        var taken = await database.StatusExports.UpdateOneAsync(
            Builders<ExportClaim>.Filter.Eq(held => held.Id, place.Description) & StoreClock.Passed<ExportClaim>("claimedUntil"),
            StoreClock.Set<ExportClaim>(new BsonDocument { ["claimedUntil"] = StoreClock.In(Claim), ["claim"] = claim }),
            cancellationToken: cancellationToken);
        return taken.MatchedCount == 1 ? claim : null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem} It is tried again, at least every five minutes")]
    private static partial void LogFailed(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "The copy of the status page is written to {Place} again")]
    private static partial void LogAgain(ILogger logger, string place);
}
