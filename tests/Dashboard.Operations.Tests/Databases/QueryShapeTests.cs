using Dashboard.Operations.Databases;
using MongoDB.Bson;

namespace Dashboard.Operations.Tests.Databases;

public sealed class QueryShapeTests
{
    [Theory]
    [InlineData("""{ find: "users", filter: { email: "ann@example.org", age: { $gt: 30 } }, sort: { age: -1 }, limit: 5, lsid: { id: 1 }, $db: "x" }""",
        """{ "find" : "…", "filter" : { "email" : "?", "age" : { "$gt" : "?" } }, "sort" : { "age" : -1 } }""")]
    [InlineData("""{ find: "users", filter: { _id: { $in: [1, 2, 3] } }, projection: { name: 1, secret: "$x" } }""",
        """{ "find" : "…", "filter" : { "_id" : { "$in" : ["?"] } }, "projection" : { "name" : 1, "secret" : "?" } }""")]
    [InlineData("""{ aggregate: "users", pipeline: [ { $match: { email: "ann" } }, { $sort: { a: 1 } }, { $limit: 3 } ], cursor: {} }""",
        """{ "aggregate" : "…", "pipeline" : [{ "$match" : { "email" : "?" } }, { "$sort" : { "a" : 1 } }, { "$limit" : "?" }] }""")]
    [InlineData("""{ q: { email: "ann" }, u: { $set: { password: "secret" } }, multi: false }""",
        """{ "q" : { "email" : "?" }, "u" : { "$set" : { "password" : "?" } }, "multi" : "?" }""")]
    public void Keeps_the_fields_and_no_value(string command, string shape) =>
        Assert.Equal(shape, QueryShape.Of(new BsonDocument("command", BsonDocument.Parse(command))));

    [Fact]
    public void Takes_the_query_to_which_a_further_batch_belongs()
    {
        var profiled = BsonDocument.Parse("""{ command: { getMore: 1234, collection: "users" }, originatingCommand: { find: "users", filter: { a: 1 } } }""");

        Assert.Equal("""{ "find" : "…", "filter" : { "a" : "?" } }""", QueryShape.Of(profiled));
    }
}
