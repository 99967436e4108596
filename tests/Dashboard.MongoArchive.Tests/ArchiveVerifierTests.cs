using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests;

public sealed class ArchiveVerifierTests
{
    [Fact]
    public async Task Accepts_every_type_of_BSON()
    {
        var documents = Sample.Join(ArchiveReaderTests.AllTypes().ToBson(), DbPointer());

        Assert.Equal(2, (await VerifyAsync(documents)).Totals.Single().Documents);
    }

    public static TheoryData<string, byte[]> BrokenFrames => new()
    {
        { "ends before its length", Wrap(0x0A, (byte)'a', 0, 0, 0) },
        { "unknown type", Wrap(0x20, (byte)'a', 0) },
        { "name without end", Wrap(0x0A, (byte)'a') },
        { "int cut", Wrap(0x10, (byte)'a', 0, 1, 2) },
        { "string length 0", Wrap(0x02, (byte)'a', 0, 0, 0, 0, 0) },
        { "string length negative", Wrap(0x02, (byte)'a', 0, 0xFF, 0xFF, 0xFF, 0xFF, 0) },
        { "string beyond the document", Wrap(0x02, (byte)'a', 0, 0x7F, 0, 0, 0, 0) },
        { "string length 2 GiB", Wrap(0x02, (byte)'a', 0, 0xFF, 0xFF, 0xFF, 0x7F, 0) },
        { "string not terminated", Wrap(0x02, (byte)'a', 0, 1, 0, 0, 0, 7) },
        { "document length 4", Wrap(0x03, (byte)'a', 0, 4, 0, 0, 0) },
        { "document not terminated", Wrap(0x03, (byte)'a', 0, 5, 0, 0, 0, 9) },
        { "array beyond the document", Wrap(0x04, (byte)'a', 0, 50, 0, 0, 0, 0) },
        { "binary length negative", Wrap(0x05, (byte)'a', 0, 0xFE, 0xFF, 0xFF, 0xFF, 0) },
        { "boolean 2", Wrap(0x08, (byte)'a', 0, 2) },
        { "regex of one text", Wrap(0x0B, (byte)'a', 0, (byte)'x', 0) },
        { "length cut", Wrap(0x02, (byte)'a', 0, 1, 0) },
        { "code with scope too short", Wrap(0x0F, (byte)'a', 0, 8, 0, 0, 0, 0, 0, 0, 0) },
    };

    [Theory]
    [MemberData(nameof(BrokenFrames), DisableDiscoveryEnumeration = true)]
    public async Task Finds_a_broken_document_behind_a_right_checksum(string what, byte[] broken)
    {
        var before = Sample.Document(1);
        var refusal = await Assert.ThrowsAsync<ArchiveException>(() => VerifyAsync(Sample.Join(before, broken)));

        Assert.True(refusal.Namespace == "game.users", what);
        var firstDocument = RawArchive.WithUsers().Block().ToArray().Length;
        Assert.Equal(firstDocument + before.Length, refusal.Offset);
    }

    /// <summary>Every broken frame again, but at the ends of paths that only a walk through all depths finds.</summary>
    [Theory]
    [MemberData(nameof(BrokenFrames), DisableDiscoveryEnumeration = true)]
    public async Task Finds_a_broken_document_within_documents_arrays_and_scopes(string what, byte[] broken)
    {
        byte[][] wrapped =
        [
            Wrap([0x03, (byte)'d', 0, .. broken]),
            Wrap([0x04, (byte)'a', 0, .. Wrap([0x03, (byte)'0', 0, .. broken])]),
            Scoped(broken),
            Wrap([0x10, (byte)'i', 0, 1, 0, 0, 0, 0x03, (byte)'d', 0, .. Scoped(broken), 0x08, (byte)'b', 0, 1]),
            Enumerable.Range(0, 100).Aggregate(broken, (inner, _) => Wrap([0x03, (byte)'d', 0, .. inner])),
        ];
        foreach (var document in wrapped)
        {
            var refusal = await Assert.ThrowsAsync<ArchiveException>(() => VerifyAsync(document));
            Assert.True(refusal.Namespace == "game.users" && refusal.Message.Contains("into the document", StringComparison.Ordinal), what);
        }
    }

    [Fact]
    public async Task Finds_a_scope_that_does_not_fill_its_code()
    {
        var sound = Scoped([5, 0, 0, 0, 0]);
        Assert.Equal(1, (await VerifyAsync(sound)).Totals.Single().Documents);
        foreach (var at in Enumerable.Range(7, 8))
        {
            var broken = sound.ToArray();
            broken[at]++;
            await Assert.ThrowsAsync<ArchiveException>(() => VerifyAsync(broken));
        }
    }

    [Theory]
    [InlineData(0x03)]
    [InlineData(0x04)]
    [InlineData(0x0F)]
    public async Task Goes_200_levels_deep_and_refuses_more(byte type)
    {
        byte[] Nested(int depth) => Enumerable.Range(1, depth - 1).Aggregate(
            new byte[] { 5, 0, 0, 0, 0 }, (inner, _) => type == 0x0F ? Scoped(inner) : Wrap([type, (byte)'a', 0, .. inner]));

        Assert.Equal(1, (await VerifyAsync(Nested(200))).Totals.Single().Documents);
        Assert.Contains("200 deep", (await Assert.ThrowsAsync<ArchiveException>(() => VerifyAsync(Nested(201)))).Message, StringComparison.Ordinal);
        // A recursive check would end the process here.
        Assert.Contains("200 deep", (await Assert.ThrowsAsync<ArchiveException>(() => VerifyAsync(Nested(5_000)))).Message, StringComparison.Ordinal);
    }

    /// <summary>The server stores texts and names that are no UTF-8 and gives them back, so a backup has to carry them.</summary>
    [Fact]
    public async Task Leaves_texts_and_names_as_they_are()
    {
        var odd = Wrap(0x02, 0xFF, 0xC0, 0, 3, 0, 0, 0, 0xFE, 0x80, 0);

        Assert.Equal(ContentDigest.Of(odd), (await VerifyAsync(odd)).Totals.Single().Digest);
    }

    private static Task<ArchiveReport> VerifyAsync(byte[] documents) =>
        Sample.VerifyAsync(RawArchive.WithUsers().Block().Bytes(documents).End().EndBlock(documents).End().ToArray());

    private static byte[] Wrap(params byte[] elements) => [.. BitConverter.GetBytes(elements.Length + 5), .. elements, 0];

    private static byte[] DbPointer() => Wrap([0x0C, (byte)'p', 0, 2, 0, 0, 0, (byte)'c', 0, .. new byte[12]]);

    /// <summary>A piece of code with this scope.</summary>
    private static byte[] Scoped(byte[] scope) =>
        Wrap([0x0F, (byte)'c', 0, .. BitConverter.GetBytes(4 + 4 + 2 + scope.Length), 2, 0, 0, 0, (byte)'f', 0, .. scope]);
}
