using System.IO.Compression;
using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests;

/// <summary>The damaged and the hostile ones of the thirty test vectors of the format's reference, by their numbers.</summary>
public sealed class DamagedVectorTests
{
    private const int MiB = 1024 * 1024;

    private static readonly byte[] One = Sample.Document(1);
    private static readonly byte[] Sound = RawArchive.WithUsers().Block().Bytes(One).End().EndBlock(One).End().ToArray();

    public static TheoryData<string, byte[], string?> Plain => new()
    {
        { "14 metadata that is no JSON", new RawArchive().Magic().Header().Entry("users", metadata: """{"options":{},"indexes":[{"a"b":1}]}""").End().EndBlock([]).End().ToArray(), "game.users" },
        { "15 nothing", [], null },
        { "15 two bytes", [0x6D, 0xE2], null },
        { "15 magic alone", new RawArchive().Magic().ToArray(), null },
        { "15 wrong magic", [0x6D, 0xE2, 0x99, 0x82, .. Sound[4..]], null },
        { "15 magic turned round", [0x81, 0x99, 0xE2, 0x6D, .. Sound[4..]], null },
        { "16 cut in the header", Sound[..20], null },
        { "16 cut in a metadata document", new RawArchive().Magic().Header().Entry("users").ToArray()[..^20], null },
        { "16 cut before the terminator", new RawArchive().Magic().Header().Entry("users").ToArray(), null },
        { "18 cut after an end block's terminator", new RawArchive().Magic().Header().Entry("users").Entry("more").End().EndBlock([]).End().ToArray(), "game.more" },
        { "19 an end block without its terminator", Sound[..^4], "game.users" },
        { "20 a checksum wrong by one bit", Ended(Crc64.Compute(One) ^ 1), "game.users" },
        { "20 a checksum of 0", Ended(0), "game.users" },
        { "20 a checksum of ECMA-182", Ended(System.IO.Hashing.Crc64.HashToUInt64(One)), "game.users" },
        { "20 the right checksum and the documents swapped", RawArchive.WithUsers().Block().Bytes(Sample.Document(2)).Bytes(One).End().EndBlock(Sample.Join(One, Sample.Document(2))).End().ToArray(), "game.users" },
        { "22 length 0", Length(0), "game.users" },
        { "22 length 3", Length(3), "game.users" },
        { "22 length 4", Length(4), "game.users" },
        { "22 length -2", Length(-2), "game.users" },
        { "22 length 16 MiB and one", Length(0x01000001), "game.users" },
        { "22 length 2 GiB", Length(0x7FFFFFFF), "game.users" },
        { "22 length past the end", Length(1000), "game.users" },
        { "23 no final zero", Document([5, 0, 0, 0, 1]), "game.users" },
        { "23 an inner length that points outside", Document([16, 0, 0, 0, 3, (byte)'a', 0, 9, 0, 0, 0, 0, 0, 0, 0, 0]), "game.users" },
        { "23 nested 200 deep", Document(Enumerable.Range(0, 200).Aggregate(new byte[] { 5, 0, 0, 0, 0 }, (inner, _) => [.. BitConverter.GetBytes(inner.Length + 8), 3, (byte)'a', 0, .. inner, 0])), "game.users" },
        { "24 not announced", RawArchive.WithUsers().Block("other").Bytes(One).End().ToArray(), "game.other" },
        { "24 no collection", RawArchive.WithUsers().Document(new() { { "db", "game" }, { "EOF", false }, { "CRC", 0L } }).End().ToArray(), null },
        { "24 an empty collection", RawArchive.WithUsers().Document(new() { { "db", "game" }, { "collection", "" }, { "EOF", false }, { "CRC", 0L } }).End().ToArray(), null },
        { "24 no database", new RawArchive().Magic().Header().Entry("users", "").End().EndBlock([], "users", "").End().ToArray(), ".users" },
        { "25 opened again", RawArchive.WithUsers().EndBlock([]).End().Block().End().ToArray(), "game.users" },
        { "25 a second end", RawArchive.WithUsers().EndBlock([]).End().EndBlock([]).End().ToArray(), "game.users" },
        { "25 a document after the end", RawArchive.WithUsers().EndBlock(One).Bytes(One).End().ToArray(), "game.users" },
        { "25 two terminators", [.. Sound, 0xFF, 0xFF, 0xFF, 0xFF], null },
        { "26 a field more", Header(new() { { "db", "game" }, { "collection", "users" }, { "EOF", true }, { "CRC", 0L }, { "more", 1 } }), null },
        { "26 a field less", Header(new() { { "db", "game" }, { "collection", "users" }, { "EOF", true } }), null },
        { "26 a checksum of 32 bits", Header(new() { { "db", "game" }, { "collection", "users" }, { "EOF", true }, { "CRC", 0 } }), null },
        { "26 a checksum that is a double", Header(new() { { "db", "game" }, { "collection", "users" }, { "EOF", true }, { "CRC", 0.0 } }), null },
        { "26 an end that is a number", Header(new() { { "db", "game" }, { "collection", "users" }, { "EOF", 1 }, { "CRC", 0L } }), null },
        { "27 a byte more", [.. Sound, 0], null },
        { "27 three bytes more", [.. Sound, 1, 2, 3], null },
        { "27 four zeros more", [.. Sound, 0, 0, 0, 0], null },
        { "27 a text more", [.. Sound, .. "the end of the archive"u8], null },
        { "27 a second archive", [.. Sound, .. Sound], null },
    };

    [Theory]
    [MemberData(nameof(Plain), DisableDiscoveryEnumeration = true)]
    public async Task Is_refused_with_its_namespace_and_place(string vector, byte[] archive, string? name)
    {
        foreach (var form in new[] { archive, Sample.Gzip(archive), await Sample.GzipArchiveAsync(archive) })
        {
            var refusal = await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(form));
            Assert.True(refusal.Namespace == name, $"{vector}: named {refusal.Namespace ?? "nothing"}");
            Assert.InRange(refusal.Offset, 0, archive.Length);
            Assert.Contains($"byte {refusal.Offset}", refusal.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Vector 26, the lenient half: tools write the four fields in one order, and none has ever relied on it.</summary>
    [Fact]
    public async Task A_header_in_another_order_is_read() =>
        await Sample.VerifyAsync(Header(new() { { "CRC", 0L }, { "EOF", true }, { "collection", "users" }, { "db", "game" } }));

    public static TheoryData<string, byte[]> Compressed
    {
        get
        {
            var gzip = Sample.Gzip(Sound);
            byte[] With(int at) => [.. gzip[..at], (byte)(gzip[at] ^ 1), .. gzip[(at + 1)..]];
            return new()
            {
                { "28 a wrong checksum", With(gzip.Length - 8) },
                { "28 a wrong length", With(gzip.Length - 4) },
                { "28 a cut trailer", gzip[..^5] },
                { "28 cut data", gzip[..^20] },
                { "28 zeros behind", [.. gzip, .. new byte[512]] },
                { "28 a text behind", [.. gzip, .. "text"u8] },
                { "28 the second member missing", Sample.Gzip(Sound[..^30]) },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Compressed))]
    public async Task Is_refused_for_its_compression(string vector, byte[] archive)
    {
        var refusal = await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(archive));
        Assert.True(refusal.Message.Contains("byte", StringComparison.Ordinal), vector);
    }

    /// <summary>Vectors 17, 21 and 30's bomb; every flipped bit of whole archives is in <see cref="DamageTests"/>.</summary>
    [Fact]
    public async Task Is_refused_at_every_cut_and_every_flipped_bit_of_a_document_and_a_length()
    {
        for (var cut = 0; cut < Sound.Length; cut++)
            await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(Sound[..cut]));
        var start = RawArchive.WithUsers().Block().ToArray().Length;
        for (var bit = start * 8; bit < (start + One.Length) * 8; bit++)
        {
            var flipped = Sound.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal("game.users", (await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(flipped))).Namespace);
        }
    }

    /// <summary>AC6: what would take memory or a stack takes little; the rest are names, which an archive's reader only hands on.</summary>
    [Theory]
    [InlineData("zeros", null)]
    [InlineData("an endless document", "game.users")]
    [InlineData("endless terminators", null)]
    [InlineData("documents without end", "game.users")]
    public async Task A_bomb_of_a_thousand_to_one_is_refused_in_little_memory(string kind, string? name)
    {
        byte[] filling = kind switch
        {
            "zeros" or "an endless document" => new byte[MiB],
            "endless terminators" => [.. Enumerable.Repeat((byte)0xFF, MiB)],
            _ => [.. Enumerable.Repeat(new byte[] { 5, 0, 0, 0, 0 }, MiB / 5).SelectMany(document => document)],
        };
        byte[] start = kind switch
        {
            "zeros" => [],
            "an endless document" => RawArchive.WithUsers().Block().Length(ArchiveFormat.MaxDocumentBytes).ToArray(),
            _ => RawArchive.WithUsers().Block().ToArray(),
        };
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync(start, TestContext.Current.CancellationToken);
            for (var i = 0; i < Dashboard.Testing.Faults.FaultCounts.Of(quick: 200, full: 2_000); i++)
                await gzip.WriteAsync(filling, TestContext.Current.CancellationToken);
        }
        Assert.InRange(bomb.Length, 1, 2_000L * MiB / 500);

        var refusal = await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(bomb.ToArray()));

        Assert.Equal(name, refusal.Namespace);
    }

    private static byte[] Length(int length) => RawArchive.WithUsers().Block().Length(length).End().ToArray();

    private static byte[] Document(byte[] document) => RawArchive.WithUsers().Block().Bytes(document).End().EndBlock(document).End().ToArray();

    private static byte[] Header(BsonDocument header) => RawArchive.WithUsers().Document(header).End().ToArray();

    private static byte[] Ended(ulong crc) => RawArchive.WithUsers().Block().Bytes(One).End()
        .Document(new() { { "db", "game" }, { "collection", "users" }, { "EOF", true }, { "CRC", unchecked((long)crc) } }).End().ToArray();
}
