using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Storage;

/// <summary>Expressions in the database server's time, for everything that expires: processes' clocks may differ by minutes.</summary>
internal static class StoreClock
{
    public static BsonValue Now => "$$NOW";

    public static BsonDocument In(TimeSpan span) =>
        new("$add", new BsonArray { Now, (long)span.TotalMilliseconds });

    public static FilterDefinition<T> Passed<T>(string field) => Compare<T>("$lte", field);

    public static FilterDefinition<T> NotYet<T>(string field) => Compare<T>("$gt", field);

    /// <summary>An update by pipeline, which alone can name the server's clock. Values that are text of a person need $literal.</summary>
    public static UpdateDefinition<T> Set<T>(BsonDocument fields) =>
        Builders<T>.Update.Pipeline(new[] { new BsonDocument("$set", fields) });

    private static FilterDefinition<T> Compare<T>(string comparison, string field) =>
        new BsonDocument("$expr", new BsonDocument(comparison, new BsonArray { "$" + field, Now }));
}
