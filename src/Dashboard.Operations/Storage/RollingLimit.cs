using System.Linq.Expressions;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Storage;

/// <summary>
/// Counts in the store what may happen so often in any span and no more, for all dashboards together. The document keeps its last moments in <c>times</c>,
/// the oldest first; whoever is beyond the limit is not counted.
/// </summary>
internal static class RollingLimit
{
    /// <summary>That fewer than so many of its moments are younger than the span.</summary>
    public static FilterDefinition<T> HasRoom<T>(int most, TimeSpan within, DateTimeOffset now) =>
        Builders<T>.Filter.Exists($"times.{most - 1}", exists: false) | new BsonDocument("times.0", new BsonDocument("$lte", now.UtcDateTime - within));

    /// <summary>One more moment, of which the last ones are kept.</summary>
    public static UpdateDefinition<T> Push<T>(Expression<Func<T, IEnumerable<DateTime>>> times, int most, DateTimeOffset now) =>
        Builders<T>.Update.PushEach(times, [now.UtcDateTime], slice: -most);

    /// <summary>Counts it; false when the filter refuses what is there.</summary>
    /// <param name="hasRoom">With the document's key in it.</param>
    public static async Task<bool> TakeAsync<T>(IMongoCollection<T> counts, FilterDefinition<T> hasRoom, UpdateDefinition<T> update, CancellationToken cancellationToken)
    {
        // Whoever is refused matches nothing, and a second document of the key cannot be made; so does, once, who is first at the same moment.
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await counts.UpdateOneAsync(hasRoom, update, new UpdateOptions { IsUpsert = true }, cancellationToken);
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
