using Dashboard.MongoArchive.Tests.Interop;
using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests;

/// <summary>
/// The valid ones of the thirty test vectors of the format's reference, by their numbers, each plain and compressed: read, verified,
/// written again by our writer and found the same. The damaged ones are <see cref="DamagedVectorTests"/>.
/// </summary>
public sealed class VectorTests
{
    private static readonly byte[] One = Sample.Document(1);
    private static readonly byte[] Two = Sample.Document(2, "zwei");

    public static TheoryData<string, byte[]> Valid => new()
    {
        { "1 one collection, three documents, one block", RawArchive.WithUsers().Block().Bytes(One).Bytes(Two).Bytes(One).End().EndBlock(Sample.Join(One, Two, One)).End().ToArray() },
        { "2 no collections", new RawArchive().Magic().Header().End().ToArray() },
        { "3a empty data block and end block", RawArchive.WithUsers().Block().End().EndBlock([]).End().ToArray() },
        { "3b end block alone", RawArchive.WithUsers().EndBlock([]).End().ToArray() },
        { "4 three interleaved, two blocks of one adjacent", Interleaved() },
        { "5a twelve open, twelve announced", TwelveOpen(12) },
        { "5b twelve open, four announced", TwelveOpen(4) },
        { "6 more than 64 MiB in one block", Large() },
        { "7 documents of 16 MiB and of 5 bytes", Documents(Sample.DocumentOf(ArchiveFormat.MaxDocumentBytes), [5, 0, 0, 0, 0]) },
        { "8 views before their collection, with a collation, on a view", Views() },
        { "9a time series of MongoDB 7.0", TimeSeries("7.0.15", "system.buckets.temps") },
        { "9b time series of MongoDB 8.3", TimeSeries("8.3.0", "temps") },
        { "11 odd names", OddNames() },
        { "12a full dump with users, roles, version and oplog", FullDump() },
        { "12b users and roles of one database", DatabaseAccess() },
        { "14 made by tools before 100", OldArchive() },
        { "29a a partial collection that was closed", Documents(One) },
        { "29b a collection that vanished", new RawArchive().Magic().Header().Entry("users", metadata: "").End().EndBlock([]).End().ToArray() },
    };

    [Theory]
    [MemberData(nameof(Valid), DisableDiscoveryEnumeration = true)]
    public async Task Is_read_and_written_again_byte_for_byte(string vector, byte[] archive)
    {
        var totals = (await Sample.VerifyAsync(archive)).Totals;
        foreach (var form in new[] { archive, Sample.Gzip(archive), await Sample.GzipArchiveAsync(archive) })
        {
            var report = await Sample.VerifyAsync(form);
            Assert.True(totals.SequenceEqual(report.Totals), vector);
            Assert.Equal(archive.Length, report.Bytes);
            // Twenty, for the vector that opens more than it announces.
            var again = await Sample.RewriteAsync(form, concurrent: 20);
            StrictArchive.Check(again);
            Assert.Equal(totals, (await Sample.VerifyAsync(again)).Totals);
        }
    }

    /// <summary>Vector 10: all kinds of options and indexes, as MongoDB 7.0 gave them to mongodump.</summary>
    [Fact]
    public async Task Options_and_indexes_of_all_kinds_go_round_byte_for_byte()
    {
        foreach (var one in GenuineCases.All)
            await Dashboard.Testing.Faults.FaultCase.NamedAsync(one.Name, () => RecordedArchive.GoesRoundAsync(one));
    }

    /// <summary>Vector 29: grammar cannot see what was never written, so the totals are there to be compared with the source's.</summary>
    [Fact]
    public async Task Tells_a_partial_collection_by_its_totals_alone()
    {
        var whole = await Sample.VerifyAsync(Documents(One, Two));
        var partial = await Sample.VerifyAsync(Documents(One));

        Assert.NotEqual(whole.Totals.Single(), partial.Totals.Single());
        Assert.Equal((1L, (long)One.Length, ContentDigest.Of(One)), (partial.Totals.Single().Documents, partial.Totals.Single().Bytes, partial.Totals.Single().Digest));
    }

    [Fact]
    public async Task Understands_the_entries_of_an_old_archive()
    {
        var users = (await Sample.VerifyAsync(OldArchive())).Announced.Single(one => one.Collection == "users");

        Assert.Equal("", users.Type);
        Assert.Equal(1, users.Indexes.Single()["v"].AsInt32);
        Assert.Equal("game.users", users.Indexes.Single()["ns"].AsString);
        Assert.Equal(4096, users.Options["size"].AsInt32);
    }

    private static byte[] Documents(params byte[][] documents)
    {
        var archive = RawArchive.WithUsers().Block();
        foreach (var document in documents)
            archive.Bytes(document);
        return archive.End().EndBlock(Sample.Join(documents)).End().ToArray();
    }

    private static byte[] Interleaved() => new RawArchive().Magic().Header().Entry("a").Entry("b").Entry("c").End()
        .Block("a").Bytes(One).End().Block("b").Bytes(Two).End().Block("b").Bytes(One).End().Block("c").End().Block("a").Bytes(Two).End()
        .EndBlock([], "c").End().EndBlock(Sample.Join(One, Two), "a").End().EndBlock(Sample.Join(Two, One), "b").End().ToArray();

    private static byte[] TwelveOpen(int announced)
    {
        var names = Enumerable.Range(0, 12).Select(i => $"c{i}").ToList();
        var archive = names.Aggregate(new RawArchive().Magic().Header(concurrent: announced), (raw, name) => raw.Entry(name)).End();
        archive = names.Aggregate(archive, (raw, name) => raw.Block(name).Bytes(One).End());
        return names.Aggregate(archive, (raw, name) => raw.EndBlock(One, name).End()).ToArray();
    }

    private static byte[] Large() => Documents([.. Enumerable.Repeat(Sample.DocumentOf(1024 * 1024), 66)]);

    private static byte[] Views() => new RawArchive().Magic().Header()
        .Entry("heroes", metadata: """{"options":{"viewOn":"users","pipeline":[{"$match":{"level":{"$gt":{"$numberInt":"5"}}}}],"collation":{"locale":"de"}},"indexes":[],"collectionName":"heroes","type":"view"}""", type: "view")
        .Entry("few", metadata: """{"options":{"viewOn":"heroes","pipeline":[]},"indexes":[],"collectionName":"few","type":"view"}""", type: "view").Entry("users").End()
        .EndBlock([], "few").End().EndBlock([], "heroes").End().Block().Bytes(One).End().EndBlock(One).End().ToArray();

    private static byte[] TimeSeries(string server, string physical) => new RawArchive().Magic().Header(server: server)
        .Entry("temps", metadata: """{"options":{"timeseries":{"timeField":"at"}},"indexes":[],"collectionName":"temps","type":"timeseries"}""", type: "timeseries").End()
        .Block(physical).Bytes(One).End().EndBlock(One, physical).End().ToArray();

    private static byte[] OddNames()
    {
        string[] names = ["a.b.c", "with space", "%41+/\\*", "two\nlines", "drache 🐉", new string('n', 240), "..", "../../etc/passwd", "system.js", "\u0001", "{\"$numberInt\":\"1\"}"];
        var archive = names.Aggregate(new RawArchive().Magic().Header(), (raw, name) => raw.Entry(name, metadata: $$"""{"indexes":[],"collectionName":{{new BsonString(name).ToJson()}},"type":"collection"}""")).End();
        return names.Aggregate(archive, (raw, name) => raw.Block(name).Bytes(One).End().EndBlock(One, name).End()).ToArray();
    }

    private static byte[] FullDump()
    {
        string[] access = ["system.users", "system.roles", "system.version"];
        var archive = access.Aggregate(new RawArchive().Magic().Header().Entry("users"), (raw, name) => raw.Entry(name, "admin")).Entry("oplog", "", metadata: "", type: "").End();
        archive = access.Aggregate(archive, (raw, name) => raw.Block(name, "admin").Bytes(One).End().EndBlock(One, name, "admin").End());
        return archive.Block().Bytes(Two).End().EndBlock(Two).End().Block("oplog", "").Bytes(One).End().EndBlock(One, "oplog", "").End().ToArray();
    }

    private static byte[] DatabaseAccess()
    {
        string[] access = ["$admin.system.users", "$admin.system.roles", "$admin.system.version"];
        var archive = access.Aggregate(new RawArchive().Magic().Header().Entry("users"), (raw, name) => raw.Entry(name, metadata: "", type: "")).End();
        archive = access.Aggregate(archive, (raw, name) => raw.Block(name).Bytes(One).End().EndBlock(One, name).End());
        return archive.Block().Bytes(Two).End().EndBlock(Two).End().ToArray();
    }

    private static byte[] OldArchive()
    {
        BsonDocument Entry(string collection, string metadata) => new() { { "db", "game" }, { "collection", collection }, { "metadata", metadata }, { "size", 5_000_000_000L } };
        return new RawArchive().Magic().Header(server: "3.4.3", tool: "r3.4.3")
            .Document(Entry("users", """{"options":{"capped":true,"size":4096},"indexes":[{"v":1,"key":{"_id":1},"name":"_id_","ns":"game.users"}]}"""))
            .Document(Entry("empty", """{"options":{},"indexes":[]}""")).End()
            .Block().Bytes(One).End().EndBlock(One).End().EndBlock([], "empty").End().ToArray();
    }
}
