using Dashboard.Operations.Storage;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;

namespace Dashboard.Operations.Access;

/// <summary>
/// Counts guesses before they are looked at, so that a hundred at once are a hundred. Names that exist and names that do not are counted alike, and so are
/// no sign of either.
/// </summary>
public sealed class Tries(DashboardDatabase database, TimeProvider time)
{
    /// <summary>As NIST has it: never more than a hundred in a row.</summary>
    internal static readonly TryLimit OfAccount = new(PerMinute: 10, InRow: 100, ReleaseAfter: null);

    /// <summary>An office shares an address; after a hundred in a row it has one try an hour until one is right.</summary>
    internal static readonly TryLimit OfSource = new(PerMinute: 30, InRow: 100, ReleaseAfter: TimeSpan.FromHours(1));

    /// <summary>How long a count is remembered after the last try.</summary>
    private static readonly TimeSpan Keep = TimeSpan.FromDays(30);

    private static readonly FilterDefinitionBuilder<TryCount> Is = Builders<TryCount>.Filter;

    /// <summary>False when there were too many; the try is then not counted.</summary>
    internal async Task<bool> TakeAsync(string key, TryLimit limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var update = RollingLimit.Push<TryCount>(count => count.Times, limit.PerMinute, now)
            .Inc(count => count.InRow, 1)
            .Set(count => count.LastAt, now)
            .Set(count => count.ExpiresAt, now + Keep);
        return await RollingLimit.TakeAsync(database.SignInTries, Is.Eq(count => count.Id, key) & IsFree(limit, now), update, cancellationToken);
    }

    /// <summary>The row is over.</summary>
    internal Task ForgetAsync(string key, CancellationToken cancellationToken) =>
        database.SignInTries.UpdateOneAsync(count => count.Id == key, Builders<TryCount>.Update.Set(count => count.InRow, 0), cancellationToken: cancellationToken);

    /// <summary>The last try was no guess, and nobody is signed in by it yet. What others guessed from the same address still counts.</summary>
    internal Task TakeBackAsync(string key, CancellationToken cancellationToken) =>
        database.SignInTries.UpdateOneAsync(count => count.Id == key && count.InRow > 0, Builders<TryCount>.Update.Inc(count => count.InRow, -1), cancellationToken: cancellationToken);

    private static FilterDefinition<TryCount> IsFree(TryLimit limit, DateTimeOffset now)
    {
        var hasFew = RollingLimit.HasRoom<TryCount>(limit.PerMinute, TimeSpan.FromMinutes(1), now);
        var isShort = Is.Lt(count => count.InRow, limit.InRow);
        return hasFew & (limit.ReleaseAfter is { } after ? isShort | Is.Lte(count => count.LastAt, now - after) : isShort);
    }
}

/// <summary>How often may be guessed.</summary>
/// <param name="InRow">Without a right one between.</param>
/// <param name="ReleaseAfter">One more after so long; null is never.</param>
internal sealed record TryLimit(int PerMinute, int InRow, TimeSpan? ReleaseAfter);

/// <summary>The guesses of one name or one address.</summary>
internal sealed record TryCount
{
    [BsonId]
    public required string Id { get; init; }

    /// <summary>The last ones that were counted, the oldest first.</summary>
    public IReadOnlyList<DateTime> Times { get; init; } = [];

    public int InRow { get; init; }

    public DateTimeOffset LastAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}
