using System.Text;
using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests;

public sealed class ArchiveWriterTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lays_out_every_byte_as_mongodump_does()
    {
        var archive = await Sample.WriteAsync((Sample.Collection("c", "d"), [5, 0, 0, 0, 0]));

        var metadata = """{"indexes":[],"collectionName":"c","type":"collection"}""";
        // Ours alone: a checksum of the prelude, where every other tool has free text.
        var tool = "dashboard-test [crc64:0000000000000000]";
        var crc = Crc64.Compute(Prelude(tool));
        tool = tool.Replace("0000000000000000", crc.ToString("X16", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        byte[] expected =
        [
            .. Prelude(tool),
            0xFF, 0xFF, 0xFF, 0xFF,
            .. BlockHeader(0, [0, 0, 0, 0, 0, 0, 0, 0]),
            5, 0, 0, 0, 0,
            0xFF, 0xFF, 0xFF, 0xFF,
            .. BlockHeader(1, BitConverter.GetBytes(Crc64.Compute([5, 0, 0, 0, 0]))),
            0xFF, 0xFF, 0xFF, 0xFF,
        ];
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(archive));

        byte[] Prelude(string toolVersion) =>
        [
            0x6D, 0xE2, 0x99, 0x81,
            .. Bson(
            [
                0x10, .. "concurrent_collections\0"u8, 4, 0, 0, 0,
                0x02, .. "version\0"u8, 4, 0, 0, 0, .. "0.1\0"u8,
                0x02, .. "server_version\0"u8, 7, 0, 0, 0, .. "7.0.15\0"u8,
                0x02, .. "tool_version\0"u8, (byte)(toolVersion.Length + 1), 0, 0, 0, .. Encoding.UTF8.GetBytes(toolVersion), 0,
            ]),
            .. Bson(
            [
                0x02, .. "db\0"u8, 2, 0, 0, 0, .. "d\0"u8,
                0x02, .. "collection\0"u8, 2, 0, 0, 0, .. "c\0"u8,
                0x02, .. "metadata\0"u8, (byte)(metadata.Length + 1), 0, 0, 0, .. Encoding.UTF8.GetBytes(metadata), 0,
                0x10, .. "size\0"u8, 0, 0, 0, 0,
                0x02, .. "type\0"u8, 11, 0, 0, 0, .. "collection\0"u8,
            ]),
        ];

        static byte[] BlockHeader(byte ends, byte[] crc) => Bson(
        [
            0x02, .. "db\0"u8, 2, 0, 0, 0, .. "d\0"u8,
            0x02, .. "collection\0"u8, 2, 0, 0, 0, .. "c\0"u8,
            0x08, .. "EOF\0"u8, ends,
            0x12, .. "CRC\0"u8, .. crc,
        ]);

        static byte[] Bson(byte[] elements) => [.. BitConverter.GetBytes(elements.Length + 5), .. elements, 0];
    }

    [Fact]
    public async Task Writes_the_metadata_in_canonical_Extended_JSON_with_the_order_of_keys_and_no_spaces()
    {
        var users = Sample.Collection("zwölf 🐉 \"q\"\n") with
        {
            Options = new BsonDocument { { "z", 1.0 }, { "a", 5L }, { "validator", new BsonDocument("name", new BsonDocument("$regex", "^a b")) } },
            Indexes = [new BsonDocument { { "v", 2 }, { "key", new BsonDocument { { "b", 1 }, { "a", -1 } } }, { "name", "b_1_a_-1" } }],
            Uuid = Guid.Parse("5b6e2c59-1543-4d6d-88fb-3e8ffe804daf"),
        };

        var archive = Encoding.UTF8.GetString(await Sample.WriteAsync((users, [])));

        Assert.Contains(
            """{"options":{"z":{"$numberDouble":"1.0"},"a":{"$numberLong":"5"},"validator":{"name":{"$regex":"^a b"}}},"indexes":[{"v":{"$numberInt":"2"},"key":{"b":{"$numberInt":"1"},"a":{"$numberInt":"-1"}},"name":"b_1_a_-1"}],"uuid":"5b6e2c5915434d6d88fb3e8ffe804daf","collectionName":"zwölf 🐉 \"q\"\n","type":"collection"}""",
            archive, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Carries_on_a_block_until_another_namespace_writes()
    {
        using var stream = new MemoryStream();
        await using var archive = await CreateAsync(stream, Sample.Collection("a"), Sample.Collection("b"));
        var a = archive.BeginNamespace("game", "a");
        var b = archive.BeginNamespace("game", "b");
        foreach (var collection in new[] { a, a, b, a })
            await collection.WriteAsync(Sample.Document(1), CancellationToken);
        await b.CompleteAsync(CancellationToken);
        await a.CompleteAsync(CancellationToken);

        var totals = await archive.CompleteAsync(CancellationToken);

        Assert.Equal([3L, 1L], totals.Select(one => one.Documents));
        var blocks = new RawArchive().Block("a").Bytes(Sample.Document(1)).Bytes(Sample.Document(1)).End()
            .Block("b").Bytes(Sample.Document(1)).End()
            .Block("a").Bytes(Sample.Document(1)).End()
            .EndBlock(Sample.Document(1), "b").End()
            .EndBlock(Sample.Join(Enumerable.Repeat(Sample.Document(1), 3)), "a").End();
        Assert.Equal(blocks.ToArray(), stream.ToArray()[^blocks.ToArray().Length..]);
        Assert.Equal(stream.Length, archive.Length);
    }

    [Fact]
    public async Task Interleaves_concurrent_producers_without_mixing_or_losing_a_document()
    {
        var names = Enumerable.Range(0, 12).Select(i => $"c{i}").ToList();
        using var stream = new MemoryStream();
        await using var gzip = new GzipArchiveStream(stream, leaveOpen: true, workers: 3);
        await using var archive = await CreateAsync(gzip, [.. names.Select(name => Sample.Collection(name))]);

        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = CancellationToken }, async (name, token) =>
        {
            var collection = archive.BeginNamespace("game", name);
            for (var i = 0; i < 200; i++)
            {
                await collection.WriteAsync(Sample.Document(i, name), token);
                await Task.Yield();
            }
            Assert.Equal(200, collection.Documents);
            await collection.CompleteAsync(token);
        });
        var totals = await archive.CompleteAsync(CancellationToken);

        stream.Position = 0;
        var contents = await Sample.ReadAsync(stream);
        foreach (var name in names)
            Assert.Equal(Sample.Join(Enumerable.Range(0, 200).Select(i => Sample.Document(i, name))), contents[$"game.{name}"]);
        var report = await Sample.VerifyAsync(stream.ToArray());
        Assert.Equal(totals, report.Totals);
        Assert.InRange(report.MostOpenNamespaces, 1, 4);
    }

    [Theory]
    [InlineData("")]
    [InlineData("unknown")]
    [InlineData("7.0")]
    [InlineData("7.0.15.1")]
    [InlineData("7.0.x")]
    [InlineData("7.0.-1")]
    public async Task Refuses_a_server_version_without_three_parts(string version)
    {
        using var stream = new MemoryStream();
        await Assert.ThrowsAsync<ArgumentException>(() =>
            ArchiveWriter.CreateAsync(stream, new ArchiveHeader(4, version, "t"), [], leaveOpen: true, CancellationToken));
        Assert.Equal(0, stream.Length);
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("a$b")]
    [InlineData("")]
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    public async Task Refuses_a_database_name_that_mongorestore_would(string database) =>
        await Assert.ThrowsAsync<ArgumentException>(() => CreateAsync(new MemoryStream(), Sample.Collection("c", database)));

    [Fact]
    public async Task Refuses_a_namespace_announced_twice() =>
        await Assert.ThrowsAsync<ArgumentException>(() => CreateAsync(new MemoryStream(), Sample.Collection("c"), Sample.Collection("c")));

    [Fact]
    public async Task Refuses_more_open_namespaces_than_the_header_allows()
    {
        await using var archive = await CreateAsync(new MemoryStream(), [.. Enumerable.Range(0, 5).Select(i => Sample.Collection($"c{i}"))]);
        var open = Enumerable.Range(0, 4).Select(i => archive.BeginNamespace("game", $"c{i}")).ToList();

        Assert.Contains("4 namespaces are open", Assert.Throws<InvalidOperationException>(() => archive.BeginNamespace("game", "c4")).Message, StringComparison.Ordinal);

        await open[2].CompleteAsync(CancellationToken);
        Assert.NotNull(archive.BeginNamespace("game", "c4"));
    }

    [Fact]
    public async Task Refuses_a_namespace_that_is_unknown_begun_complete_or_out_of_turn()
    {
        await using var archive = await CreateAsync(
            new MemoryStream(), Sample.Collection("c"), Sample.Collection("system.users", "admin"), ArchiveNamespace.Oplog);
        Assert.Throws<InvalidOperationException>(() => archive.BeginNamespace("game", "other"));
        Assert.Throws<InvalidOperationException>(() => archive.BeginNamespace("game", "c"));
        await archive.BeginNamespace("admin", "system.users").CompleteAsync(CancellationToken);
        Assert.Throws<InvalidOperationException>(() => archive.BeginNamespace("", "oplog"));
        var c = archive.BeginNamespace("game", "c");
        Assert.Throws<InvalidOperationException>(() => archive.BeginNamespace("game", "c"));
        await c.CompleteAsync(CancellationToken);
        await Assert.ThrowsAsync<InvalidOperationException>(() => c.CompleteAsync(CancellationToken).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => c.WriteAsync(Sample.Document(1), CancellationToken).AsTask());
        await archive.BeginNamespace("", "oplog").CompleteAsync(CancellationToken);

        await archive.CompleteAsync(CancellationToken);
        await Assert.ThrowsAsync<InvalidOperationException>(() => archive.CompleteAsync(CancellationToken));
    }

    public static TheoryData<string, byte[]> NotWholeDocuments => new()
    {
        { "a length alone", [5, 0, 0] },
        { "length 4", [4, 0, 0, 0] },
        { "beyond the run", [6, 0, 0, 0, 0] },
        { "no final zero", [5, 0, 0, 0, 1] },
        { "a terminator", [5, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF] },
        { "one byte too large", new BsonDocument("data", new BsonBinaryData(new byte[ArchiveFormat.MaxDocumentBytes - 15])).ToBson() },
    };

    [Theory]
    [MemberData(nameof(NotWholeDocuments), DisableDiscoveryEnumeration = true)]
    public async Task Refuses_bytes_that_are_not_whole_documents_and_goes_on(string what, byte[] bytes)
    {
        using var stream = new MemoryStream();
        await using var archive = await CreateAsync(stream, Sample.Collection("c"));
        var collection = archive.BeginNamespace("game", "c");

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => collection.WriteAsync(bytes, CancellationToken).AsTask());

        Assert.True(refusal.Message.Contains("game.c", StringComparison.Ordinal), what);
        await collection.WriteAsync(Sample.Document(1), CancellationToken);
        await collection.CompleteAsync(CancellationToken);
        await archive.CompleteAsync(CancellationToken);
        Assert.Equal(1, (await Sample.VerifyAsync(stream.ToArray())).Totals.Single().Documents);
    }

    [Fact]
    public async Task Is_not_complete_while_a_namespace_is_not()
    {
        await using var archive = await CreateAsync(new MemoryStream(), Sample.Collection("a"), Sample.Collection("b"));
        await archive.BeginNamespace("game", "a").CompleteAsync(CancellationToken);

        Assert.Contains("game.b", (await Assert.ThrowsAsync<InvalidOperationException>(() => archive.CompleteAsync(CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_the_buckets_of_a_time_series_as_the_server_version_demands()
    {
        foreach (var (version, blockName) in new[] { ("7.0.15", "system.buckets.temps"), ("8.3.0", "temps") })
        {
            using var stream = new MemoryStream();
            var series = Sample.Collection("temps") with { Type = "timeseries" };
            await using var archive = await ArchiveWriter.CreateAsync(stream, new(1, version, "t"), [series], leaveOpen: true, CancellationToken);
            var writer = archive.BeginNamespace("game", "temps");
            await writer.WriteAsync(Sample.Document(1), CancellationToken);
            await writer.CompleteAsync(CancellationToken);
            await archive.CompleteAsync(CancellationToken);

            Assert.Equal(1, (await Sample.VerifyAsync(stream.ToArray())).Totals.Single().Documents);
            Assert.Equal(blockName != "temps", Encoding.UTF8.GetString(stream.ToArray()).Contains("system.buckets.", StringComparison.Ordinal));
        }
    }

    private static Task<ArchiveWriter> CreateAsync(Stream stream, params ArchiveNamespace[] namespaces) =>
        ArchiveWriter.CreateAsync(stream, Sample.Header, namespaces, leaveOpen: true, CancellationToken);
}
