using System.Text;
using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests.Interop;

/// <summary>What both kinds of server take: documents, names, indexes, views.</summary>
internal static class InteropCases
{
    private static readonly BsonDocument[] Few = [.. Enumerable.Range(0, 20).Select(Character)];

    private static readonly int[] Subtypes = [0, 1, 5, 6, 8, 9, 128, 255];

    public static IReadOnlyList<InteropCase> All { get; } =
    [
        new("a small collection", [], ("characters", Few)),
        new("an empty collection", ["""{ create: "empty" }"""]),
        new("an empty collection beside a full one", ["""{ create: "empty" }"""], ("characters", Few)),
        new("every type of BSON", [], ("types", [new BsonDocument { { "_id", 1 }, { "sub", ArchiveReaderTests.AllTypes() } }])),
        new("numbers at their edges", [], ("numbers", [.. Edges().Select((edge, i) => new BsonDocument { { "_id", i }, { "edge", edge } })])),
        new("dates before 1970 and far ahead", [], ("dates", [.. new[] { -62135596800000, -1, 0, 253402300799999 }.Select(time => new BsonDocument("_id", new BsonDateTime(time)))])),
        new("a document of nearly 16 MiB", [], ("large", [new BsonDocument { { "_id", 1 }, { "data", new byte[(16 * 1024 * 1024) - 100] } }])),
        new("large documents between small ones", [], ("mixed", Enumerable.Range(0, 40).Select(i => new BsonDocument { { "_id", i }, { "data", new byte[i % 8 == 0 ? 900_000 : 3] } }))),
        new("a document of an id alone", [], ("ids", [new BsonDocument("_id", 1)])),
        new("ids of many types", [], ("ids", [.. Ids().Select(id => new BsonDocument { { "_id", id }, { "x", 1 } })])),
        new("ten thousand documents", [], ("characters", Enumerable.Range(0, 10_000).Select(Character))),
        new("twelve collections", [], [.. Enumerable.Range(0, 12).Select(i => ($"part{i}", Enumerable.Range(0, 50 * i).Select(Character)))]),
        new("a document nested 80 deep", [], ("deep", [new BsonDocument { { "_id", 1 }, { "n", Nested(80) } }])),
        new("an array of 20,000", [], ("arrays", [new BsonDocument { { "_id", 1 }, { "a", new BsonArray(Enumerable.Range(0, 20_000)) } }])),
        new("binaries of every subtype", [], ("binaries", [.. Binaries().Select((binary, i) => new BsonDocument { { "_id", i }, { "b", binary } })])),
        new("odd texts", [], ("texts", [.. new[] { "", "a\0b", "🐉", "\u2028", "\uFFFD", "\"\\/", "ﷺ", new string('ü', 5000) }.Select((text, i) => new BsonDocument { { "_id", i }, { "t", text } })])),
        new("odd names of fields", [], ("fields", [new BsonDocument { { "_id", 1 }, { "", 1 }, { "ü 🐉", 2 }, { "with space", new BsonDocument { { "x y", 3 }, { "\"", 4 } } } }])),
        new("timestamps of zero within documents", [], ("stamps", [new BsonDocument { { "_id", 1 }, { "in", new BsonDocument("t", new BsonTimestamp(0)) } }])),
        new("a name of other alphabets", [], ("übung ドラゴン 🐉", Few)),
        new("a name with dots and spaces", [], ("a.b c.d", Few)),
        new("a name with signs", [], ("%41+*?'\"\\/{}", Few)),
        new("a name of 150 characters", [], (new string('n', 150), Few)),
        new("a name with a newline", [], ("two\nlines", Few)) { IsSkippedByRestore = true },
        new("a unique index", [Index("""{ key: { name: 1 }, name: "n", unique: true }""")], ("characters", Few)),
        new("a compound index up and down", [Index("""{ key: { level: 1, name: -1, "sheet.hp": 1 }, name: "l_n" }""")], ("characters", Few)),
        new("an index that expires documents", [Index("""{ key: { seen: 1 }, name: "ttl", expireAfterSeconds: 1000000000 }""")], ("characters", Few)),
        new("a partial index", [Index("""{ key: { level: 1 }, name: "p", partialFilterExpression: { level: { $gt: 5 } } }""")], ("characters", Few)),
        new("a sparse index", [Index("""{ key: { gold: 1 }, name: "s", sparse: true }""")], ("characters", Few)),
        new("a hashed index", [Index("""{ key: { name: "hashed" }, name: "h" }""")], ("characters", Few)),
        new("a wildcard index", [Index("""{ key: { "$**": 1 }, name: "w" }""")], ("characters", Few)),
        new("a geographic index", [Index("""{ key: { place: "2dsphere" }, name: "g" }""")], ("characters", Few)),
        new("a name of an index with signs", [Index("""{ key: { level: 1 }, name: "übung $ \"q\" 🐉" }""")], ("characters", Few)),
        new("many indexes", [.. Enumerable.Range(0, 12).Select(i => Index($$"""{ key: { f{{i}}: {{(i % 2 == 0 ? 1 : -1)}} }, name: "f{{i}}" }"""))], ("characters", Few)),
        new("a view", ["""{ create: "heroes", viewOn: "characters", pipeline: [{ $match: { level: { $gt: 5 } } }] }"""], ("characters", Few)),
        new("a view on a view", ["""{ create: "heroes", viewOn: "characters", pipeline: [] }""", """{ create: "few", viewOn: "heroes", pipeline: [{ $limit: 3 }] }"""], ("characters", Few)),
        new("files of GridFS",
            ["""{ createIndexes: "fs.files", indexes: [{ key: { filename: 1, uploadDate: 1 }, name: "f" }] }""", """{ createIndexes: "fs.chunks", indexes: [{ key: { files_id: 1, n: 1 }, name: "c", unique: true }] }"""],
            ("fs.files", [new BsonDocument { { "_id", 1 }, { "length", 600_000L }, { "chunkSize", 261_120 }, { "filename", "map 🗺.png" }, { "uploadDate", new BsonDateTime(5) } }]),
            ("fs.chunks", Enumerable.Range(0, 3).Select(n => new BsonDocument { { "_id", n }, { "files_id", 1 }, { "n", n }, { "data", new byte[n < 2 ? 261_120 : 77_760] } }))),
    ];

    private static string Index(string index) => $$"""{ createIndexes: "characters", indexes: [{{index}}] }""";

    internal static BsonDocument Character(int i) => new()
    {
        { "_id", i }, { "name", $"Held Nr. {i} 🐉" }, { "level", i % 20 }, { "gold", i * 1.5 },
        { "sheet", new BsonDocument { { "hp", i }, { "spells", new BsonArray { "light", "shield" } } } },
        { "seen", new BsonDateTime(1_790_000_000_000L + i) }, { "backstory", $"born in village {i} under a silver moon" },
        { "place", new BsonDocument { { "type", "Point" }, { "coordinates", new BsonArray { 8.5 + (i / 100.0), 47.4 } } } },
    };

    private static BsonValue[] Edges() =>
    [
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue, int.MinValue, int.MaxValue, long.MinValue, long.MaxValue,
        new BsonDecimal128(Decimal128.Parse("9.999999999999999999999999999999999E+6144")), new BsonDecimal128(Decimal128.Parse("-0E-6176")),
        new BsonDecimal128(Decimal128.Parse("NaN")), new BsonDecimal128(Decimal128.Parse("1.000")), BsonMinKey.Value, BsonMaxKey.Value,
    ];

    private static BsonValue[] Ids() =>
    [
        1, "one", 2L, 2.5, new BsonDecimal128(3.5m), true, new BsonDateTime(5), new ObjectId("5b6e2c59154300000000000a"), new BsonTimestamp(7, 8),
        new BsonBinaryData(Guid.Parse("5b6e2c59-1543-4d6d-88fb-3e8ffe804daf"), GuidRepresentation.Standard), new BsonDocument { { "b", 1 }, { "a", 2 } }, new BsonBinaryData([1, 2]),
    ];

    private static IEnumerable<BsonBinaryData> Binaries() =>
        Subtypes.Select(type => new BsonBinaryData(Encoding.UTF8.GetBytes("0123456789abcdef"), (BsonBinarySubType)type))
            .Append(new BsonBinaryData(Guid.Parse("5b6e2c59-1543-4d6d-88fb-3e8ffe804daf"), GuidRepresentation.Standard));

    private static BsonValue Nested(int depth) => Enumerable.Range(0, depth).Aggregate((BsonValue)1, (inner, i) => i % 2 == 0 ? new BsonDocument("d", inner) : new BsonArray { inner });
}
