using System.Text;
using CsCheck;
using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests;

/// <summary>The metadata JSON: what mongodump writes comes back from our reader and writer byte for byte.</summary>
public sealed class MetadataTests
{
    /// <summary>Every kind of option and index as mongodump 100.x spells it.</summary>
    public static TheoryData<string> Canonical => new(
        """{"indexes":[],"collectionName":"users","type":"collection"}""",
        """{"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_"}],"uuid":"5b6e2c5915434d6d88fb3e8ffe804daf","collectionName":"users","type":"collection"}""",
        """{"options":{"capped":true,"size":{"$numberInt":"4096"},"max":{"$numberLong":"10"}},"indexes":[],"collectionName":"users","type":"collection"}""",
        """{"options":{"validator":{"name":{"$regex":"^a","$options":"i"},"x":{"$regex":{"$regularExpression":{"pattern":"^\"b\\\\","options":"im"}}},"n":{"$type":"string"}},"validationLevel":"moderate","validationAction":"warn"},"indexes":[],"collectionName":"users","type":"collection"}""",
        """{"options":{"validator":{"$jsonSchema":{"bsonType":"object","required":["a","b"],"properties":{"a":{"bsonType":"int","minimum":{"$numberDouble":"0.5"}}}}}},"indexes":[],"collectionName":"users","type":"collection"}""",
        """{"options":{"collation":{"locale":"de","caseLevel":false,"caseFirst":"off","strength":{"$numberInt":"3"},"numericOrdering":false,"alternate":"non-ignorable","maxVariable":"punct","normalization":false,"backwards":false,"version":"57.1"}},"indexes":[],"collectionName":"users","type":"collection"}""",
        """{"options":{"clusteredIndex":{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_","unique":true},"expireAfterSeconds":{"$numberLong":"3600"}},"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},"name":"_id_","unique":true,"clustered":true}],"collectionName":"users","type":"collection"}""",
        """{"options":{"changeStreamPreAndPostImages":{"enabled":true}},"indexes":[],"collectionName":"users","type":"collection"}""",
        """{"indexes":[{"v":{"$numberInt":"2"},"key":{"_fts":"text","_ftsx":{"$numberInt":"1"}},"name":"t","weights":{"a":{"$numberInt":"1"}},"default_language":"english","language_override":"language","textIndexVersion":{"$numberInt":"3"}},{"v":{"$numberInt":"2"},"key":{"$**":{"$numberInt":"1"}},"name":"w","wildcardProjection":{"a":true}},{"v":{"$numberInt":"2"},"key":{"h":"hashed"},"name":"h"},{"v":{"$numberInt":"2"},"key":{"p":"2dsphere"},"name":"g","2dsphereIndexVersion":{"$numberInt":"3"}},{"v":{"$numberInt":"2"},"key":{"f":"2d"},"name":"f","min":{"$numberDouble":"-180.0"},"max":{"$numberDouble":"180.0"}},{"v":{"$numberInt":"2"},"key":{"e":{"$numberDouble":"1.0"}},"name":"ttl","expireAfterSeconds":{"$numberDouble":"2.592E+06"}},{"v":{"$numberInt":"2"},"key":{"a":{"$numberInt":"1"}},"name":"p","partialFilterExpression":{"a":{"$gt":{"$numberInt":"5"}}},"sparse":true,"unique":true,"hidden":true}],"collectionName":"users","type":"collection"}""",
        """{"options":{"validator":{"$or":[{"a":{"$date":{"$numberLong":"-62135596800001"}}},{"a":{"$oid":"5b6e2c59154300000000000a"}},{"a":{"$binary":{"base64":"AQID","subType":"80"}}},{"a":{"$timestamp":{"t":4294967295,"i":4294967295}}},{"a":{"$numberDecimal":"1.50E+3"}},{"a":{"$minKey":1}},{"a":{"$maxKey":1}},{"a":{"$undefined":true}},{"a":{"$symbol":"s"}},{"a":{"$code":"f()"}},{"a":{"$code":"f()","$scope":{"x":{"$numberInt":"1"}}}},{"a":{"$dbPointer":{"$ref":"n","$id":{"$oid":"5b6e2c59154300000000000a"}}}},{"a":null},{"a":[[],{},[{}]]}]}},"indexes":[],"collectionName":"users","type":"collection"}""",
        """{"options":{"validator":{"drache 🐉 \u0001\u001f\b\f\n\r\t\u2028\"\\/<&>'":"ü"}},"indexes":[],"collectionName":"users","type":"collection"}""");

    [Theory]
    [MemberData(nameof(Canonical))]
    public async Task Comes_back_byte_for_byte(string metadata)
    {
        var announced = await AnnouncedAsync(metadata);

        var again = await Sample.WriteAsync((announced, []));

        Assert.Equal(metadata, MetadataIn(again));
    }

    /// <summary>Numbers as Go's strconv formats them.</summary>
    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1.0, "1.0")]
    [InlineData(-12.5, "-12.5")]
    [InlineData(100000.0, "100000.0")]
    [InlineData(999999.9, "999999.9")]
    [InlineData(1000000.0, "1E+06")]
    [InlineData(1048576.0, "1.048576E+06")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1E-05")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(5e-324, "5E-324")]
    [InlineData(double.MaxValue, "1.7976931348623157E+308")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public async Task Spells_a_double_as_mongodump_does(double number, string text) =>
        Assert.Equal($$$"""{"options":{"a":{"$numberDouble":"{{{text}}}"}},"indexes":[],"collectionName":"c","type":"collection"}""", await WrittenAsync(new BsonDocument("a", new BsonDouble(number))));

    [Fact]
    public async Task Understands_what_tools_before_100_wrote()
    {
        var announced = await AnnouncedAsync(
            """{"options":{"create":"users","flags":1,"max":5000000000,"rate":0.5,"since":{"$date":"2014-08-01T00:00:00Z"},"at":{"$date":5},"raw":{"$binary":"AQID","$type":"05"}}, "indexes" : [{"v":1,"key":{"_id":1},"name":"_id_","ns":"game.users"}]}""");

        Assert.Null(announced.Uuid);
        Assert.Equal(1, announced.Options["flags"].AsInt32);
        Assert.Equal(5_000_000_000, announced.Options["max"].AsInt64);
        Assert.Equal(0.5, announced.Options["rate"].AsDouble);
        Assert.Equal(new BsonDateTime(1_406_851_200_000), announced.Options["since"]);
        Assert.Equal(new BsonDateTime(5), announced.Options["at"]);
        Assert.Equal(new BsonBinaryData([1, 2, 3], BsonBinarySubType.MD5), announced.Options["raw"]);
        Assert.Equal("game.users", announced.Indexes.Single()["ns"].AsString);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{} {}")]
    [InlineData("""{"indexes":[],}""")]
    [InlineData("""{"indexes":[],"a"b":1}""")]
    [InlineData("""{'indexes':[]}""")]
    [InlineData("""{"indexes":[],"options":{"a":1,"a":2}}""")]
    [InlineData("""{"indexes":[],"options":{"a":{"$numberInt":"x"}}}""")]
    [InlineData("""{"indexes":[],"options":{"a":{"$numberInt":1}}}""")]
    [InlineData("""{"indexes":[],"options":{"a":{"$numberInt":"3000000000"}}}""")]
    [InlineData("""{"indexes":[],"options":{"a":{"$numberLong":"1","b":2}}}""")]
    [InlineData("""{"indexes":[],"options":{"a":{"$oid":"12"}}}""")]
    [InlineData("""{"indexes":[],"options":{"a":{"$timestamp":{"t":-1,"i":1}}}}""")]
    [InlineData("""{"indexes":[],"options":{"a":{"$binary":{"base64":"?","subType":"00"}}}}""")]
    [InlineData("""{"indexes":[],"options":{"a":{"$date":true}}}""")]
    [InlineData("""{"indexes":[],"options":{"a":{"$code":"x","scope":{}}}}""")]
    [InlineData("""{"indexes":[],"options":{"a":"\ud800"}}""")]
    [InlineData("""{"indexes":{}}""")]
    [InlineData("""{"indexes":[1]}""")]
    [InlineData("""{"indexes":[],"options":[]}""")]
    [InlineData("""{"indexes":[],"uuid":"5b6e"}""")]
    [InlineData("""{"indexes":[],"type":"view"}""")]
    [InlineData("""{"indexes":[],"collectionName":"other"}""")]
    public async Task Is_refused_with_its_namespace_when_it_is_no_metadata(string metadata)
    {
        var refusal = await Assert.ThrowsAsync<ArchiveException>(() => AnnouncedAsync(metadata));

        Assert.Equal("game.users", refusal.Namespace);
        Assert.Contains("metadata", refusal.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_not_written_deeper_than_a_server_nests()
    {
        var deep = Enumerable.Range(0, 200).Aggregate(new BsonDocument(), (inner, _) => new BsonDocument("a", inner));

        await Assert.ThrowsAsync<ArgumentException>(() => Sample.WriteAsync((Sample.Collection("c") with { Options = deep }, [])));
    }

    /// <summary>Any options at all come back as they were, and the second writing equals the first.</summary>
    [Fact]
    public async Task Keeps_options_of_any_types()
    {
        var value = Gen.Recursive<BsonValue>((depth, nested) => depth > 3
            ? Leaf
            : Gen.OneOf(Leaf, Leaf, nested.Array[0, 4].Select(items => (BsonValue)new BsonArray(items)), Members(nested)));
        await Members(value).SampleAsync(
            async options =>
            {
                var metadata = await WrittenAsync(options.AsBsonDocument);
                var back = await AnnouncedAsync(metadata.Replace("\"c\",\"type\"", "\"users\",\"type\"", StringComparison.Ordinal));
                return back.Options.ToBson().AsSpan().SequenceEqual(options.ToBson()) && await WrittenAsync(back.Options) == metadata;
            },
            iter: Dashboard.Testing.Faults.FaultCounts.Of(quick: 1_000, full: 100_000));
    }

    private static Gen<BsonValue> Leaf { get; } = Gen.OneOf(
        Gen.Int.Select(number => (BsonValue)number),
        Gen.Long.Select(number => (BsonValue)number),
        Gen.Double.Where(number => !double.IsNaN(number)).Select(number => new BsonDouble(number) as BsonValue),
        Gen.String[0, 12].Select(text => (BsonValue)WellFormed(text)),
        Gen.Bool.Select(boolean => (BsonValue)boolean),
        Gen.Long.Select(time => (BsonValue)new BsonDateTime(time)),
        Gen.Long.Select(time => (BsonValue)new BsonTimestamp(time)),
        Gen.Byte.Array[12].Select(id => (BsonValue)new ObjectId(id)),
        Gen.Byte.Array[0, 20].Select(bytes => (BsonValue)new BsonBinaryData(bytes, BsonBinarySubType.UserDefined)),
        Gen.Const<BsonValue>(BsonNull.Value),
        Gen.Const<BsonValue>(BsonMinKey.Value),
        Gen.Const<BsonValue>(new BsonDecimal128(Decimal128.Parse("-1.50E+10"))),
        Gen.Const<BsonValue>(new BsonRegularExpression("a\"b", "im")));

    private static Gen<BsonValue> Members(Gen<BsonValue> value) => Gen.Select(Gen.String[0, 8], value).Array[0, 5]
        .Select(members => (BsonValue)new BsonDocument(members
            .DistinctBy(member => WellFormed(member.Item1))
            .Select(member => new BsonElement(WellFormed(member.Item1), member.Item2))));

    /// <summary>A name as BSON can hold it; one that begins with a dollar could be a type's.</summary>
    private static string WellFormed(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace("\0", "", StringComparison.Ordinal).TrimStart('$');

    private static async Task<ArchiveNamespace> AnnouncedAsync(string metadata)
    {
        var archive = new RawArchive().Magic().Header().Entry("users", metadata: metadata).End().EndBlock([]).End();
        return (await Sample.VerifyAsync(archive.ToArray())).Announced.Single();
    }

    private static async Task<string> WrittenAsync(BsonDocument options) =>
        MetadataIn(await Sample.WriteAsync((Sample.Collection("c") with { Options = options }, [])));

    private static string MetadataIn(byte[] archive)
    {
        var entry = 4 + BitConverter.ToInt32(archive, 4);
        var document = new RawBsonDocument(archive[entry..(entry + BitConverter.ToInt32(archive, entry))]);
        return document["metadata"].AsString;
    }
}
