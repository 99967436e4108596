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

    [Fact]
    public async Task Is_not_exhausted_by_documents_nested_without_end()
    {
        // Sixteen thousand levels: a recursive decoder would end the process.
        byte[] nested = [5, 0, 0, 0, 0];
        for (var i = 0; i < 16_000; i++)
            nested = [.. BitConverter.GetBytes(nested.Length + 8), 0x03, (byte)'a', 0, .. nested, 0];

        Assert.Equal(1, (await VerifyAsync(nested)).Totals.Single().Documents);
    }

    private static Task<ArchiveReport> VerifyAsync(byte[] documents) =>
        Sample.VerifyAsync(RawArchive.WithUsers().Block().Bytes(documents).End().EndBlock(documents).End().ToArray());

    private static byte[] Wrap(params byte[] elements) => [.. BitConverter.GetBytes(elements.Length + 5), .. elements, 0];

    private static byte[] DbPointer() => Wrap([0x0C, (byte)'p', 0, 2, 0, 0, 0, (byte)'c', 0, .. new byte[12]]);
}
