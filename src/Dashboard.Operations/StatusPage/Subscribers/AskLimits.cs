using Dashboard.Operations.Access;
using Dashboard.Operations.Storage;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;

namespace Dashboard.Operations.StatusPage;

/// <summary>How often a mail may be asked for, counted in the store for all dashboards together; what is counted is a hash, which names nobody.</summary>
public sealed class AskLimits(DashboardDatabase database, TimeProvider time)
{
    /// <summary>An office shares an address.</summary>
    internal static readonly AskLimit OfSource = new(20, TimeSpan.FromHours(1));

    /// <summary>Nobody's mailbox is filled through this form.</summary>
    internal static readonly AskLimit OfPerson = new(3, TimeSpan.FromDays(1));

    /// <summary>Nor are a thousand mailboxes, by whoever has a thousand sources.</summary>
    internal static readonly AskLimit OfEverybody = new(200, TimeSpan.FromHours(1));

    private static readonly FilterDefinitionBuilder<AskCount> Is = Builders<AskCount>.Filter;

    /// <summary>False when there were too many; it is then not counted.</summary>
    internal async Task<bool> TakeAsync(string what, AskLimit limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var key = Secret.HashOf(what);
        var hasRoom = Is.Eq(count => count.Id, key) & RollingLimit.HasRoom<AskCount>(limit.Most, limit.Within, now);
        var update = RollingLimit.Push<AskCount>(count => count.Times, limit.Most, now).Set(count => count.ExpiresAt, now + limit.Within);
        return await RollingLimit.TakeAsync(database.StatusAsks, hasRoom, update, cancellationToken);
    }
}

/// <param name="Most">In any span of that length.</param>
internal sealed record AskLimit(int Most, TimeSpan Within);

internal sealed record AskCount
{
    [BsonId]
    public required string Id { get; init; }

    /// <summary>The last ones, the oldest first.</summary>
    public IReadOnlyList<DateTime> Times { get; init; } = [];

    public DateTimeOffset ExpiresAt { get; init; }
}
