using System.Net;
using System.Net.Sockets;
using Dashboard.Operations.Access;
using Dashboard.Operations.Storage;
using MongoDB.Bson;
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

    /// <summary>An IPv6 network belongs to one customer, who could have a new address for each try.</summary>
    public static string SourceOf(IPAddress? address)
    {
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return plain is { AddressFamily: AddressFamily.InterNetworkV6 } ? Convert.ToHexStringLower(plain.GetAddressBytes().AsSpan(0, 8)) : plain?.ToString() ?? "unknown";
    }

    /// <summary>False when there were too many; it is then not counted.</summary>
    internal async Task<bool> TakeAsync(string what, AskLimit limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var key = Secret.HashOf(what);
        var hasFew = Is.Exists($"times.{limit.Most - 1}", exists: false) | new BsonDocument("times.0", new BsonDocument("$lte", now.UtcDateTime - limit.Within));
        var update = Builders<AskCount>.Update.PushEach(count => count.Times, [now.UtcDateTime], slice: -limit.Most).Set(count => count.ExpiresAt, now + limit.Within);

        // Whoever is refused matches nothing, and a second document of the key cannot be made; so does, once, who is first at the same moment.
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await database.StatusAsks.UpdateOneAsync(Is.Eq(count => count.Id, key) & hasFew, update, new UpdateOptions { IsUpsert = true }, cancellationToken);
                return true;
            }
            catch (MongoWriteException exception) when (exception.WriteError?.Category == ServerErrorCategory.DuplicateKey)
            {
                if (!isFirst)
                    return false;
            }
        }
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
