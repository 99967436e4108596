using Dashboard.MongoArchive;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>
/// The expiry of documents, kept from a loaded collection so that no server deletes from it before it has been compared:
/// a TTL index is built as an ordinary one first, a time series or clustered collection is created without its limit.
/// </summary>
/// <param name="Collection">In the target database.</param>
/// <param name="Index">The definition of the TTL index, without what servers add; null when the collection itself has the limit.</param>
/// <param name="ExpireAfterSeconds">As the source had it, of whatever type.</param>
public sealed record DeferredExpiry(string Collection, BsonDocument? Index, BsonValue ExpireAfterSeconds)
{
    internal const string Field = "expireAfterSeconds";

    /// <summary>The collections' expiries, and their definitions without them.</summary>
    internal static BsonDocument Without(BsonDocument definition)
    {
        var rest = new BsonDocument(definition);
        rest.Remove(Field);
        return rest;
    }

    internal static IEnumerable<DeferredExpiry> Of(string name, ArchiveNamespace source)
    {
        if (source.Options.TryGetValue(Field, out var limit))
            yield return new DeferredExpiry(name, null, limit);
        foreach (var index in IndexDefinition.ToBuild(source).Where(index => index.Contains(Field)))
            yield return new DeferredExpiry(name, index, index[Field]);
    }

    /// <summary>Makes it valid.</summary>
    internal async Task ApplyAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            var collMod = new BsonDocument("collMod", Collection);
            if (Index is null)
                collMod.Add(Field, ExpireAfterSeconds);
            else
                collMod.Add("index", new BsonDocument { { "name", Index["name"] }, { Field, ExpireAfterSeconds } });
            await database.RunCommandAsync<BsonDocument>(collMod, cancellationToken: cancellationToken);
        }
        catch (MongoCommandException refused) when (Index is not null)
        {
            await RebuildAsync(database, Index, refused, cancellationToken);
        }
        catch (MongoCommandException refused)
        {
            throw Refused(database, refused);
        }
    }

    /// <summary>Servers before 5.1 cannot turn an index into one that expires.</summary>
    private async Task RebuildAsync(IMongoDatabase database, BsonDocument index, MongoCommandException collModRefused, CancellationToken cancellationToken)
    {
        if (collModRefused.Code is 13 or 26)
            throw Refused(database, collModRefused);
        try
        {
            await database.RunCommandAsync<BsonDocument>(
                new BsonDocument { { "dropIndexes", Collection }, { "index", index["name"] } }, cancellationToken: cancellationToken);
            await database.RunCommandAsync<BsonDocument>(
                new BsonDocument { { "createIndexes", Collection }, { "indexes", new BsonArray { index } } }, cancellationToken: cancellationToken);
        }
        catch (MongoCommandException refused)
        {
            throw Refused(database, refused);
        }
    }

    private CopyException Refused(IMongoDatabase database, MongoCommandException refused)
    {
        var name = $"{database.DatabaseNamespace.DatabaseName}.{Collection}";
        return new CopyException($"{name}: the server would not let documents expire by {(Index is null ? "the collection's own limit" : $"index {Index["name"]}")}: {refused.Message}", name, refused);
    }
}
