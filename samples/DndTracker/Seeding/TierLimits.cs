using MongoDB.Bson;

namespace DndTracker.Seeding;

/// <summary>Finds an owner who may have one more; the first user has the tier without limits, so there is always one.</summary>
internal sealed class TierLimits(IReadOnlyList<BsonDocument> users)
{
    private readonly Dictionary<(ObjectId User, string Collection), int> _owned = [];

    public static int Limit(string tier, string collection) => (tier, collection) switch
    {
        ("guild", _) => int.MaxValue,
        ("free", "parties") => 1,
        ("free", "encounters") => 3,
        ("free", "characters") => 10,
        ("seasoned", "parties") => 3,
        ("seasoned", "encounters") => 15,
        ("seasoned", "characters") => 50,
        ("expert", "parties") => 10,
        ("expert", "encounters") => 50,
        ("expert", "characters") => 200,
        ("master", "parties") => 25,
        ("master", "encounters") => 100,
        ("master", "characters") => 500,
        _ => throw new ArgumentOutOfRangeException(nameof(tier), $"{tier}, {collection}"),
    };

    /// <summary>The owner of a document created then: a user of before with room left in the tier.</summary>
    public ObjectId Take(SampleSource source, string collection, DateTime createdAt)
    {
        var candidates = Math.Max(1, CreatedBy(createdAt));
        var first = source.Random.Int(0, candidates - 1);
        for (var i = 0; i < candidates; i++)
        {
            var user = users[(first + i) % candidates];
            if (TryTake(user, collection))
                return user["_id"].AsObjectId;
        }

        throw new InvalidOperationException("No user may own more, not even the one without limits.");
    }

    /// <summary>How many of the users, who stand in the order of their creation, were there at the time.</summary>
    private int CreatedBy(DateTime time)
    {
        var (low, high) = (0, users.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = users[middle]["createdAt"].ToUniversalTime() <= time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private bool TryTake(BsonDocument user, string collection)
    {
        var key = (user["_id"].AsObjectId, collection);
        var owned = _owned.GetValueOrDefault(key);
        if (owned >= Limit(user["subscriptionTier"].AsString, collection))
            return false;

        _owned[key] = owned + 1;
        return true;
    }
}
