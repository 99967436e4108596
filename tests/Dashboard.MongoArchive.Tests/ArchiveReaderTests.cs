using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests;

public sealed class ArchiveReaderTests
{
    private static readonly byte[] One = Sample.Document(1);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gives_back_header_options_indexes_and_every_document_byte_for_byte()
    {
        var users = Sample.Collection("users") with
        {
            Options = new BsonDocument { { "capped", true }, { "size", 4096L }, { "collation", new BsonDocument("locale", "de") } },
            Indexes = [new BsonDocument { { "v", 2 }, { "key", new BsonDocument("_id", 1) }, { "name", "_id_" } }],
            Uuid = Guid.NewGuid(),
        };
        var view = Sample.Collection("view") with { Type = "view", Options = new BsonDocument { { "viewOn", "users" }, { "pipeline", new BsonArray() } } };
        var documents = Sample.Join(AllTypes().ToBson(), [5, 0, 0, 0, 0], Sample.DocumentOf(ArchiveFormat.MaxDocumentBytes), One);
        var archive = await Sample.WriteAsync((users, documents), (view, []), (Sample.Collection("empty"), []));

        foreach (var bytes in new[] { archive, Sample.Gzip(archive), await Sample.GzipArchiveAsync(archive) })
        {
            await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(bytes), leaveOpen: false, CancellationToken);
            Assert.Equal(Sample.Header, reader.Header);
            Assert.Equal("game.users game.view game.empty", string.Join(' ', reader.Namespaces.Select(one => one.FullName)));
            Assert.Equal<BsonDocument>(users.Options, reader.Namespaces[0].Options);
            Assert.Equal(users.Indexes, reader.Namespaces[0].Indexes);
            Assert.Equal(users.Uuid, reader.Namespaces[0].Uuid);
            Assert.True(reader.Namespaces[1].IsView);
            Assert.Equal(view.Options, reader.Namespaces[1].Options);
            Assert.Equal(documents, (await Sample.ReadAsync(new MemoryStream(bytes)))["game.users"]);
            var report = await Sample.VerifyAsync(bytes);
            Assert.Equal([4L, 0L, 0L], report.Totals.Select(one => one.Documents));
            Assert.Equal([documents.Length, 0L, 0L], report.Totals.Select(one => one.Bytes));
            Assert.Equal(Crc64.Compute(documents), report.Totals[0].Crc);
            Assert.Equal(archive.Length, report.Bytes);
        }
    }

    [Theory]
    [InlineData("a.b.c")]
    [InlineData("with space and %41+/\\*")]
    [InlineData("two\nlines")]
    [InlineData("drache 🐉 ドラゴン \u0001")]
    [InlineData("{[\"'\\\"]}")]
    public Task Keeps_odd_names(string name) => KeepsNameAsync(name);

    [Fact]
    public Task Keeps_a_name_of_240_characters() => KeepsNameAsync(new string('n', 240));

    [Fact]
    public async Task Keeps_a_validator_nested_as_deep_as_the_server_allows()
    {
        var nested = new BsonDocument("a", 1);
        for (var i = 0; i < 170; i++)
            nested = new BsonDocument("n", nested);
        var archive = await Sample.WriteAsync((Sample.Collection("deep") with { Options = new BsonDocument("validator", nested) }, []));

        Assert.Equal(new BsonDocument("validator", nested), (await Sample.VerifyAsync(archive)).Announced.Single().Options);
    }

    [Fact]
    public async Task Reads_a_stream_that_gives_one_byte_at_a_time()
    {
        var plain = await Sample.SmallAsync();
        foreach (var archive in new[] { plain, await Sample.GzipArchiveAsync(plain) })
        {
            var contents = await Sample.ReadAsync(new DrippingStream(archive));
            Assert.Equal(Sample.Join(One, Sample.Document(2, "zwei")), contents["game.users"]);
        }
    }

    [Fact]
    public async Task Accepts_an_archive_without_namespaces() =>
        Assert.Empty((await Sample.VerifyAsync(new RawArchive().Magic().Header().End().ToArray())).Totals);

    [Fact]
    public async Task Accepts_an_end_block_alone_and_blocks_without_documents_and_adjacent_ones()
    {
        await Sample.VerifyAsync(RawArchive.WithUsers().EndBlock([]).End().ToArray());
        var report = await Sample.VerifyAsync(
            RawArchive.WithUsers().Block().End().Block().Bytes(One).End().Block().End().EndBlock(One).End().ToArray());
        Assert.Equal(1, report.Totals.Single().Documents);
    }

    [Fact]
    public async Task Accepts_an_old_entry_without_type_and_with_relaxed_numbers()
    {
        var archive = new RawArchive().Magic().Header()
            .Document(new()
            {
                { "db", "game" },
                { "collection", "users" },
                { "metadata", """{"options":{},"indexes":[{"v":1,"key":{"_id":1},"name":"_id_","ns":"game.users"}]}""" },
            })
            .End().EndBlock([]).End().ToArray();

        var announced = (await Sample.VerifyAsync(archive)).Announced.Single();

        Assert.Equal("", announced.Type);
        Assert.Equal(1, announced.Indexes.Single()["v"].AsInt32);
    }

    [Fact]
    public async Task Accepts_more_open_namespaces_than_the_header_says_and_reports_it()
    {
        var names = Enumerable.Range(0, 12).Select(i => $"c{i}").ToList();
        var archive = names.Aggregate(new RawArchive().Magic().Header(), (raw, name) => raw.Entry(name)).End();
        archive = names.Aggregate(archive, (raw, name) => raw.Block(name).Bytes(One).End());
        archive = names.Aggregate(archive, (raw, name) => raw.EndBlock(One, name).End());

        Assert.Equal(12, (await Sample.VerifyAsync(archive.ToArray())).MostOpenNamespaces);
    }

    [Fact]
    public async Task Allows_16_KiB_more_to_an_oplog_entry_alone()
    {
        var large = Sample.DocumentOf(ArchiveFormat.MaxOplogEntryBytes);
        byte[] Archive(string database, string collection) => new RawArchive().Magic().Header().Entry(collection, database, "").End()
            .Block(collection, database).Bytes(large).End().EndBlock(large, collection, database).End().ToArray();

        Assert.Equal(large.Length, (await Sample.VerifyAsync(Archive("", "oplog"))).Totals.Single().Bytes);
        await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(Archive("game", "oplog")));
    }

    public static TheoryData<string, byte[], string?> Damaged => new()
    {
        { "nothing", [], null },
        { "two bytes", [0x6D, 0xE2], null },
        { "magic alone", new RawArchive().Magic().ToArray(), null },
        { "other magic", [.. "PK\u0003\u0004"u8], null },
        { "swapped magic", [0x81, 0x99, 0xE2, 0x6D], null },
        { "no header", new RawArchive().Magic().End().ToArray(), null },
        { "another format", new RawArchive().Magic().Header("9.9").End().ToArray(), null },
        { "no terminator after the prelude", new RawArchive().Magic().Header().Entry("users").ToArray(), null },
        { "announced twice", new RawArchive().Magic().Header().Entry("users").Entry("users").End().EndBlock([]).End().ToArray(), "game.users" },
        { "no database", new RawArchive().Magic().Header().Entry("users", "").End().ToArray(), ".users" },
        { "illegal database", new RawArchive().Magic().Header().Entry("users", "a/b").End().ToArray(), "a/b.users" },
        { "metadata is not JSON", new RawArchive().Magic().Header().Entry("users", metadata: """{"a"b":1}""").End().ToArray(), "game.users" },
        { "metadata of another", new RawArchive().Magic().Header().Entry("users", metadata: """{"indexes":[],"collectionName":"x"}""").End().ToArray(), "game.users" },
        { "metadata nested a million deep", new RawArchive().Magic().Header().Entry("users", metadata: Nested("[", "]")).End().ToArray(), "game.users" },
        { "brackets hidden in texts", new RawArchive().Magic().Header().Entry("users", metadata: Nested("""{"]]]]":""", "}")).End().ToArray(), "game.users" },
        { "announced and missing", RawArchive.WithUsers().ToArray(), "game.users" },
        { "no end block", RawArchive.WithUsers().Block().Bytes(One).End().ToArray(), "game.users" },
        { "end block without terminator", RawArchive.WithUsers().EndBlock([]).ToArray(), "game.users" },
        { "cut document", RawArchive.WithUsers().Block().Bytes(One[..^3]).ToArray(), "game.users" },
        { "length 0", RawArchive.WithUsers().Block().Length(0).End().ToArray(), "game.users" },
        { "length 3", RawArchive.WithUsers().Block().Length(3).End().ToArray(), "game.users" },
        { "length 4", RawArchive.WithUsers().Block().Length(4).End().ToArray(), "game.users" },
        { "length -2", RawArchive.WithUsers().Block().Length(-2).End().ToArray(), "game.users" },
        { "length 16 MiB + 1", RawArchive.WithUsers().Block().Length(0x01000001).End().ToArray(), "game.users" },
        { "length 2 GiB", RawArchive.WithUsers().Block().Length(int.MaxValue).End().ToArray(), "game.users" },
        { "length beyond the end", RawArchive.WithUsers().Block().Length(1000).End().ToArray(), "game.users" },
        { "document without final zero", RawArchive.WithUsers().Block().Bytes(5, 0, 0, 0, 1).End().EndBlock([5, 0, 0, 0, 1]).End().ToArray(), "game.users" },
        { "wrong checksum", RawArchive.WithUsers().Block().Bytes(One).End().EndBlock(Sample.Document(2)).End().ToArray(), "game.users" },
        { "checksum 0", RawArchive.WithUsers().Block().Bytes(One).End().EndBlock([]).End().ToArray(), "game.users" },
        { "unannounced namespace", RawArchive.WithUsers().Block("other").Bytes(One).End().ToArray(), "game.other" },
        { "document after the end", RawArchive.WithUsers().EndBlock(One).Bytes(One).End().ToArray(), "game.users" },
        { "block after the end", RawArchive.WithUsers().EndBlock([]).End().Block().End().ToArray(), "game.users" },
        { "second end", RawArchive.WithUsers().EndBlock([]).End().EndBlock([]).End().ToArray(), "game.users" },
        { "doubled terminator", RawArchive.WithUsers().EndBlock([]).End().End().ToArray(), null },
        { "one byte more", RawArchive.WithUsers().EndBlock([]).End().Bytes(0).ToArray(), null },
        { "four zeros more", RawArchive.WithUsers().EndBlock([]).End().Bytes(0, 0, 0, 0).ToArray(), null },
        { "a second archive appended", [.. RawArchive.WithUsers().EndBlock([]).End().ToArray(), .. RawArchive.WithUsers().EndBlock([]).End().ToArray()], null },
        { "header with a fifth field", RawArchive.WithUsers().Document(new() { { "db", "game" }, { "collection", "users" }, { "EOF", true }, { "CRC", 0L }, { "x", 1 } }).End().ToArray(), null },
        { "header with a field doubled", RawArchive.WithUsers().Document(new BsonDocument(allowDuplicateNames: true) { { "db", "game" }, { "collection", "users" }, { "EOF", true }, { "EOF", true } }).End().ToArray(), null },
        { "header without collection", RawArchive.WithUsers().Document(new() { { "db", "game" }, { "EOF", true }, { "CRC", 0L } }).End().ToArray(), null },
        { "header with empty collection", RawArchive.WithUsers().Document(new() { { "db", "game" }, { "collection", "" }, { "EOF", true }, { "CRC", 0L } }).End().ToArray(), null },
        { "header with a 32-bit CRC", RawArchive.WithUsers().Document(new() { { "db", "game" }, { "collection", "users" }, { "EOF", true }, { "CRC", 0 } }).End().ToArray(), null },
        { "header with a number as EOF", RawArchive.WithUsers().Document(new() { { "db", "game" }, { "collection", "users" }, { "EOF", 1 }, { "CRC", 0L } }).End().ToArray(), null },
        { "data header with a checksum", RawArchive.WithUsers().Document(new() { { "db", "game" }, { "collection", "users" }, { "EOF", false }, { "CRC", 1L } }).End().EndBlock([]).End().ToArray(), null },
    };

    [Theory]
    [MemberData(nameof(Damaged), DisableDiscoveryEnumeration = true)]
    public async Task Refuses_what_breaks_a_rule_and_names_namespace_and_place(string what, byte[] archive, string? name)
    {
        foreach (var bytes in new[] { archive, Sample.Gzip(archive) })
        {
            var refusal = await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(bytes));
            if (archive.Length >= 4)
                Assert.True(refusal.Namespace == name, $"{what}: named {refusal.Namespace ?? "nothing"}");
            Assert.InRange(refusal.Offset, 0, archive.Length);
            Assert.Contains($"byte {refusal.Offset}", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Refuses_announcements_without_end_before_they_fill_the_memory()
    {
        var archive = new RawArchive().Magic().Header();
        var filler = Sample.DocumentOf(1024 * 1024);
        var entry = new BsonDocument { { "db", "game" }, { "collection", "c" }, { "metadata", "" }, { "filler", BsonNull.Value } };
        for (var i = 0; i < 70; i++)
        {
            entry["collection"] = $"c{i}";
            entry["filler"] = new RawBsonDocument(filler);
            archive.Document(entry);
        }

        var refusal = await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(archive.End().ToArray()));

        Assert.Contains("67108864", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_enumerated_once_only()
    {
        await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(await Sample.SmallAsync()), leaveOpen: false, CancellationToken);
        await foreach (var run in reader.ReadRunsAsync(CancellationToken))
            Assert.NotNull(run.Namespace);

        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var run in reader.ReadRunsAsync(CancellationToken))
                Assert.Fail(run.Namespace.FullName);
        });
    }

    [Fact]
    public async Task Stops_when_cancelled()
    {
        var archive = await Sample.GzipArchiveAsync(await Sample.WriteAsync((Sample.Collection("a"), Sample.Join(Enumerable.Repeat(Sample.DocumentOf(1000), 20_000)))));
        using var cancel = new CancellationTokenSource();
        await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(archive), leaveOpen: false, cancel.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var run in reader.ReadRunsAsync(cancel.Token))
                await cancel.CancelAsync();
        });
    }

    private static string Nested(string open, string close) =>
        string.Concat(Enumerable.Repeat(open, 1_000_000)) + string.Concat(Enumerable.Repeat(close, 1_000_000));

    private static async Task KeepsNameAsync(string name)
    {
        var contents = await Sample.ReadAsync(new MemoryStream(await Sample.WriteAsync((Sample.Collection(name), One))));
        Assert.Equal(One, contents[$"game.{name}"]);
    }

    internal static BsonDocument AllTypes() => new()
    {
        { "double", 1.5 }, { "string", "täxt 🐉" }, { "document", new BsonDocument("a", 1) }, { "array", new BsonArray { 1, "b" } },
        { "binary", new BsonBinaryData([1, 2, 3]) }, { "vector", new BsonBinaryData([3, 0, 1], BsonBinarySubType.Vector) },
        { "uuid", new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard) }, { "undefined", BsonUndefined.Value },
        { "id", ObjectId.GenerateNewId() }, { "bool", true }, { "date", new BsonDateTime(0) }, { "null", BsonNull.Value },
        { "regex", new BsonRegularExpression("^a.*", "im") },
        { "js", new BsonJavaScript("f()") }, { "symbol", (BsonSymbol)"s" },
        { "jsScope", new BsonJavaScriptWithScope("f()", new BsonDocument("x", 1)) }, { "int", 7 },
        { "timestamp", new BsonTimestamp(1, 2) }, { "long", 7L }, { "decimal", new BsonDecimal128(1.5m) },
        { "min", BsonMinKey.Value }, { "max", BsonMaxKey.Value }, { "", "empty name" },
    };
}
