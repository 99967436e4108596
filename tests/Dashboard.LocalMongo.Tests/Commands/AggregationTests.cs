using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests.Commands;

public sealed class AggregationTests(MongoFixture mongo)
{
    [Theory]
    [InlineData("[{ $group: { _id: '$kind', n: { $sum: 1 }, sum: { $sum: '$v' } } }, { $sort: { _id: 1 } }]",
        "[{ '_id': 'a', 'n': 3, 'sum': 6 }, { '_id': 'b', 'n': 2, 'sum': 7 }]")]
    [InlineData("[{ $match: { kind: 'b' } }, { $lookup: { from: 'names', localField: 'kind', foreignField: '_id', as: 'name' } }, { $unwind: '$name' }, { $sort: { _id: 1 } }, { $project: { name: '$name.name' } }]",
        "[{ '_id': 4, 'name': 'B' }, { '_id': 5, 'name': 'B' }]")]
    [InlineData("[{ $facet: { low: [{ $match: { v: { $lt: 3 } } }, { $count: 'n' }], top: [{ $sort: { v: -1 } }, { $limit: 1 }, { $project: { v: 1 } }] } }]",
        "[{ 'low': [{ 'n': 2 }], 'top': [{ '_id': 5, 'v': 4 }] }]")]
    [InlineData("[{ $bucket: { groupBy: '$v', boundaries: [0, 2, 5], default: 'other', output: { n: { $sum: 1 } } } }]",
        "[{ '_id': 0, 'n': 1 }, { '_id': 2, 'n': 4 }]")]
    [InlineData("[{ $setWindowFields: { sortBy: { _id: 1 }, output: { total: { $sum: '$v', window: { documents: ['unbounded', 'current'] } } } } }, { $project: { total: 1 } }, { $limit: 3 }]",
        "[{ '_id': 1, 'total': 1 }, { '_id': 2, 'total': 3 }, { '_id': 3, 'total': 6 }]")]
    [InlineData("[{ $group: { _id: { $dateTrunc: { date: '$at', unit: 'hour', binSize: 24 } }, n: { $sum: 1 } } }, { $sort: { _id: 1 } }, { $project: { _id: 0, day: { $dateToString: { date: '$_id', format: '%Y-%m-%d' } }, n: 1 } }]",
        "[{ 'n': 3, 'day': '2026-01-01' }, { 'n': 2, 'day': '2026-01-02' }]")]
    [InlineData("[{ $unionWith: { coll: 'names' } }, { $group: { _id: null, n: { $sum: 1 } } }]", "[{ '_id': null, 'n': 7 }]")]
    [InlineData("[{ $sort: { v: 1, _id: 1 } }, { $skip: 1 }, { $limit: 2 }, { $project: { _id: 1, text: { $concat: ['v', { $toString: '$v' }] }, big: { $gte: ['$v', 3] } } }]",
        "[{ '_id': 2, 'text': 'v2', 'big': false }, { '_id': 3, 'text': 'v3', 'big': true }]")]
    public async Task Computes(string pipeline, string expected)
    {
        await using var database = await NewAsync();

        var result = await RunAsync(database, pipeline);

        Assert.Equal(MongoDB.Bson.Serialization.BsonSerializer.Deserialize<BsonArray>(expected), new BsonArray(result));
    }

    [Fact]
    public async Task Writes_its_result_into_a_collection()
    {
        await using var database = await NewAsync();
        var token = TestContext.Current.CancellationToken;

        await RunAsync(database, "[{ $group: { _id: '$kind', n: { $sum: 1 } } }, { $out: 'totals' }]");
        await RunAsync(database, "[{ $match: { _id: 1 } }, { $project: { _id: 'a', n: { $literal: 100 } } }, { $merge: { into: 'totals', whenMatched: 'replace' } }]");

        Assert.Equal([100, 2], (await database.Documents("totals").Find("{}").Sort("{ _id: 1 }").ToListAsync(token)).Select(d => d["n"].ToInt32()));
    }

    [Fact]
    public async Task Answers_queries_written_in_LINQ()
    {
        await using var database = await NewAsync();
        var token = TestContext.Current.CancellationToken;

        var query = database.Database.GetCollection<Item>("c").AsQueryable()
            .Where(i => i.V > 1).GroupBy(i => i.Kind).Select(g => new { g.Key, Max = g.Max(i => i.V) }).OrderBy(g => g.Key);
        var totals = await MongoDB.Driver.Linq.MongoQueryable.ToListAsync(query, token);

        Assert.Equal([("a", 3), ("b", 4)], totals.Select(t => (t.Key, t.Max)));
    }

    private static async Task<List<BsonDocument>> RunAsync(TestDatabase database, string pipeline)
    {
        var stages = MongoDB.Bson.Serialization.BsonSerializer.Deserialize<BsonArray>(pipeline).Select(s => s.AsBsonDocument).ToArray();
        var cursor = await database.Documents("c").AggregateAsync<BsonDocument>(stages, cancellationToken: TestContext.Current.CancellationToken);
        return await cursor.ToListAsync(TestContext.Current.CancellationToken);
    }

    private async Task<TestDatabase> NewAsync()
    {
        var database = mongo.NewDatabase("aggregation");
        var noon = new DateTime(2026, 1, 1, 3, 0, 0, DateTimeKind.Utc);
        await database.Documents("c").InsertManyAsync(
        [
            Document(1, "a", 1), Document(2, "a", 2), Document(3, "a", 3), Document(4, "b", 3), Document(5, "b", 4),
        ]);
        await database.Documents("names").InsertManyAsync([new BsonDocument { { "_id", "a" }, { "name", "A" } }, new BsonDocument { { "_id", "b" }, { "name", "B" } }]);
        return database;

        BsonDocument Document(int id, string kind, int v) => new() { { "_id", id }, { "kind", kind }, { "v", v }, { "at", noon.AddHours(id * 6) } };
    }

    private sealed class Item
    {
        public int Id { get; init; }

        [MongoDB.Bson.Serialization.Attributes.BsonElement("kind")]
        public string Kind { get; init; } = "";

        [MongoDB.Bson.Serialization.Attributes.BsonElement("v")]
        public int V { get; init; }

        [MongoDB.Bson.Serialization.Attributes.BsonElement("at")]
        public DateTime At { get; init; }
    }
}
