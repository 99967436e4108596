using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests.Interop;

/// <summary>What DocumentDB does not have: collations, time series, capped and clustered collections, change stream images and some indexes.</summary>
internal static class GenuineCases
{
    private static readonly BsonDocument[] Few = [.. Enumerable.Range(0, 20).Select(InteropCases.Character)];

    private static readonly BsonDocument[] Temperatures =
        [.. Enumerable.Range(0, 60).Select(i => new BsonDocument { { "at", new BsonDateTime(1_790_000_000_000L + (i * 60_000L)) }, { "room", i % 3 }, { "c", 20.5 + (i / 10.0) } })];

    public static IReadOnlyList<InteropCase> All { get; } =
    [
        new("a collation of a collection", ["""{ create: "c", collation: { locale: "de", strength: 2 } }""", Index("""{ key: { name: 1 }, name: "n" }"""), Index("""{ key: { name: 1 }, name: "s", collation: { locale: "simple" } }""")], ("c", Few))
        {
            Recorded = [("c", """{"options":{"collation":{"maxVariable":"punct","normalization":false,"locale":"de","caseFirst":"off","numericOrdering":false,"alternate":"non-ignorable","caseLevel":false,"strength":{"$numberInt":"2"},"backwards":false,"version":"57.1"}},"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_","collation":{"locale":"de","caseLevel":false,"caseFirst":"off","strength":{"$numberInt":"2"},"numericOrdering":false,"alternate":"non-ignorable","maxVariable":"punct","normalization":false,"backwards":false,"version":"57.1"}},{"v":{"$numberInt":"2"},"key":{"name":{"$numberInt":"1"}},"name":"n","collation":{"locale":"de","caseLevel":false,"caseFirst":"off","strength":{"$numberInt":"2"},"numericOrdering":false,"alternate":"non-ignorable","maxVariable":"punct","normalization":false,"backwards":false,"version":"57.1"}},{"v":{"$numberInt":"2"},"key":{"name":{"$numberInt":"1"}},"name":"s"}],"collectionName":"c","type":"collection"}""")],
        },
        new("a collation of an index", [Index("""{ key: { name: 1 }, name: "n", collation: { locale: "fr", caseLevel: true } }""")], ("c", Few))
        {
            Recorded = [("c", """{"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"},{"v":{"$numberInt":"2"},"key":{"name":{"$numberInt":"1"}},"name":"n","collation":{"locale":"fr","caseLevel":true,"caseFirst":"off","strength":{"$numberInt":"3"},"numericOrdering":false,"alternate":"non-ignorable","maxVariable":"punct","normalization":false,"backwards":false,"version":"57.1"}}],"collectionName":"c","type":"collection"}""")],
        },
        new("a collation of a view", ["""{ create: "c" }""", """{ create: "v", viewOn: "c", pipeline: [{ $match: { name: "held" } }], collation: { locale: "de", strength: 1 } }"""], ("c", Few))
        {
            Recorded = [("c", """{"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"}],"collectionName":"c","type":"collection"}"""), ("v", """{"options":{"viewOn":"c","pipeline":[{"$match":{"name":"held"}}],"collation":{"alternate":"non-ignorable","backwards":false,"version":"57.1","caseLevel":false,"caseFirst":"off","strength":{"$numberInt":"1"},"numericOrdering":false,"maxVariable":"punct","normalization":false,"locale":"de"}},"indexes":[],"collectionName":"v","type":"view"}""")],
        },
        new("a time series", ["""{ create: "temps", timeseries: { timeField: "at", metaField: "room", granularity: "minutes" } }"""], ("temps", Temperatures))
        {
            Recorded = [("temps", """{"options":{"timeseries":{"granularity":"minutes","bucketMaxSpanSeconds":{"$numberInt":"86400"},"timeField":"at","metaField":"room"}},"indexes":[{"v":{"$numberInt":"2"},"key":{"room":{"$numberInt":"1"},"at":{"$numberInt":"1"}},"name":"room_1_at_1"}],"collectionName":"temps","type":"timeseries"}""")],
        },
        new("a time series that expires, with an index of its own", ["""{ create: "temps", timeseries: { timeField: "at", metaField: "room" }, expireAfterSeconds: 1000000000 }""", """{ createIndexes: "temps", indexes: [{ key: { room: 1, c: -1 }, name: "rc" }] }"""], ("temps", Temperatures))
        {
            Recorded = [("temps", """{"options":{"expireAfterSeconds":{"$numberLong":"1000000000"},"timeseries":{"timeField":"at","metaField":"room","granularity":"seconds","bucketMaxSpanSeconds":{"$numberInt":"3600"}}},"indexes":[{"v":{"$numberInt":"2"},"key":{"room":{"$numberInt":"1"},"at":{"$numberInt":"1"}},"name":"room_1_at_1"},{"v":{"$numberInt":"2"},"key":{"room":{"$numberInt":"1"},"c":{"$numberInt":"-1"}},"name":"rc"}],"collectionName":"temps","type":"timeseries"}""")],
        },
        new("a capped collection", ["""{ create: "c", capped: true, size: 1048576, max: 1000 }"""], ("c", Few))
        {
            Recorded = [("c", """{"options":{"max":{"$numberInt":"1000"},"capped":true,"size":{"$numberInt":"1048576"}},"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"}],"collectionName":"c","type":"collection"}""")],
        },
        new("a clustered collection", ["""{ create: "c", clusteredIndex: { key: { _id: 1 }, unique: true, name: "by id" }, expireAfterSeconds: { $numberDouble: "1000000000" } }"""], ("c", [.. Enumerable.Range(0, 9).Select(i => new BsonDocument("_id", new BsonDateTime(1_790_000_000_000L + i)))]))
        {
            Recorded = [("c", """{"options":{"clusteredIndex":{"name":"by id","unique":true,"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}}},"expireAfterSeconds":{"$numberLong":"1000000000"}},"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"by id","unique":true,"clustered":true}],"collectionName":"c","type":"collection"}""")],
        },
        new("images before and after changes", ["""{ create: "c", changeStreamPreAndPostImages: { enabled: true } }"""], ("c", Few))
        {
            Recorded = [("c", """{"options":{"changeStreamPreAndPostImages":{"enabled":true}},"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"}],"collectionName":"c","type":"collection"}""")],
        },
        new("a validator of every type", [$$"""{ create: "c", validationLevel: "moderate", validationAction: "warn", validator: { $or: [{ name: { $regex: "^H", $options: "i" } }, { name: /a"b\\/m }, { x: { $in: [{{Values}}] } }] } }"""], ("c", Few))
        {
            Recorded = [("c", """{"options":{"validator":{"$or":[{"name":{"$regularExpression":{"pattern":"^H","options":"i"}}},{"name":{"$regularExpression":{"pattern":"a\"b\\\\","options":"m"}}},{"x":{"$in":[{"$numberInt":"1"},{"$numberLong":"5"},{"$numberDouble":"1.5"},{"$numberDouble":"1E+06"},{"$numberDouble":"1E-07"},{"$numberDecimal":"1.50"},{"$date":{"$numberLong":"-315619200000"}},{"$oid":"5b6e2c59154300000000000a"},{"$binary":{"base64":"AQID","subType":"00"}},{"$timestamp":{"t":1,"i":2}},null,true,{"$minKey":1},{"$maxKey":1},"<&>\u2028\u0001ü🐉\"",{"$symbol":"s"},[[]],{"$code":"f()"}]}}]},"validationLevel":"moderate","validationAction":"warn"},"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"}],"collectionName":"c","type":"collection"}""")],
        },
        new("a validator by JSON schema", ["""{ create: "c", validator: { $jsonSchema: { bsonType: "object", required: ["name"], properties: { level: { bsonType: "int", minimum: 0, maximum: 1000000.0 }, gold: { bsonType: "double", multipleOf: 0.5 } } } } }"""], ("c", Few))
        {
            Recorded = [("c", """{"options":{"validator":{"$jsonSchema":{"bsonType":"object","required":["name"],"properties":{"level":{"maximum":{"$numberDouble":"1E+06"},"bsonType":"int","minimum":{"$numberInt":"0"}},"gold":{"bsonType":"double","multipleOf":{"$numberDouble":"0.5"}}}}}},"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"}],"collectionName":"c","type":"collection"}""")],
        },
        new("a text index", [Index("""{ key: { backstory: "text", name: "text" }, name: "t", weights: { name: 5 }, default_language: "german" }""")], ("c", Few))
        {
            Recorded = [("c", """{"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"},{"v":{"$numberInt":"2"},"key":{"_fts":"text","_ftsx":{"$numberInt":"1"}},"name":"t","weights":{"backstory":{"$numberInt":"1"},"name":{"$numberInt":"5"}},"default_language":"german","language_override":"language","textIndexVersion":{"$numberInt":"3"}}],"collectionName":"c","type":"collection"}""")],
        },
        new("a wildcard index with a projection", [Index("""{ key: { "$**": 1 }, name: "w", wildcardProjection: { gold: 0, name: 0 } }""")], ("c", Few))
        {
            Recorded = [("c", """{"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"},{"v":{"$numberInt":"2"},"key":{"$**":{"$numberInt":"1"}},"name":"w","wildcardProjection":{"gold":{"$numberInt":"0"},"name":{"$numberInt":"0"}}}],"collectionName":"c","type":"collection"}""")],
        },
        new("a hidden index and one with numbers of doubles", [Index("""{ key: { level: 1.0 }, name: "h", hidden: true }"""), Index("""{ key: { seen: 1 }, name: "ttl", expireAfterSeconds: 2592000.0 }""")], ("c", Few))
        {
            Recorded = [("c", """{"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"},{"v":{"$numberInt":"2"},"key":{"level":{"$numberDouble":"1.0"}},"name":"h","hidden":true},{"v":{"$numberInt":"2"},"key":{"seen":{"$numberInt":"1"}},"name":"ttl","expireAfterSeconds":{"$numberInt":"2592000"}}],"collectionName":"c","type":"collection"}""")],
        },
        new("a flat geographic index", [Index("""{ key: { "place.coordinates": "2d" }, name: "f", min: -200, max: 200, bits: 20 }""")], ("c", Few))
        {
            Recorded = [("c", """{"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"},{"v":{"$numberInt":"2"},"key":{"place.coordinates":"2d"},"name":"f","bits":{"$numberInt":"20"},"min":{"$numberDouble":"-200.0"},"max":{"$numberDouble":"200.0"}}],"collectionName":"c","type":"collection"}""")],
        },
    ];

    private const string Values = """1, { $numberLong: "5" }, 1.5, 1000000.0, { $numberDouble: "1e-7" }, { $numberDecimal: "1.50" }, { $date: "1960-01-01T00:00:00Z" }, { $oid: "5b6e2c59154300000000000a" }, { $binary: { base64: "AQID", subType: "00" } }, { $timestamp: { t: 1, i: 2 } }, null, true, { $minKey: 1 }, { $maxKey: 1 }, "<&>\u2028\u0001ü🐉\"", { $symbol: "s" }, [[]], { $code: "f()" }""";

    private static string Index(string index) => $$"""{ createIndexes: "c", indexes: [{{index}}] }""";
}
