using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Storage;

/// <summary>Expressions in the database server's time, for everything that expires: processes' clocks may differ by minutes.</summary>
internal static class StoreClock
{
    public static BsonValue Now => "$$NOW";

    public static BsonDocument In(TimeSpan span) =>
        new("$add", new BsonArray { Now, (long)span.TotalMilliseconds });

    public static FilterDefinition<T> Passed<T>(string field) => Since<T>("$gte", field);

    public static FilterDefinition<T> NotYet<T>(string field) => Since<T>("$lt", field);

    /// <summary>An update by pipeline, which alone can name the server's clock. Values that are text of a person need $literal.</summary>
    public static UpdateDefinition<T> Set<T>(BsonDocument fields) =>
        Builders<T>.Update.Pipeline(new[] { new BsonDocument("$set", fields) });

    // As a difference, because DocumentDB takes a bare comparison of a field for one with a constant, and refuses $$NOW there.
    private static FilterDefinition<T> Since<T>(string comparison, string field) =>
        new BsonDocument("$expr", new BsonDocument(comparison, new BsonArray { new BsonDocument("$subtract", new BsonArray { Now, "$" + field }), 0 }));
}
