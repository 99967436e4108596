using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests;

public sealed class ContentDigestTests
{
    private static readonly byte[][] Documents = [.. Enumerable.Range(0, 50).Select(i => Sample.Document(i, new string('x', i * 7)))];

    [Fact]
    public void Is_the_same_whatever_the_order_and_the_parts()
    {
        var whole = ContentDigest.Of(Sample.Join(Documents));

        Assert.Equal(whole, ContentDigest.Of(Sample.Join(Documents.Reverse())));
        Assert.Equal(whole, ContentDigest.Of(Sample.Join(Documents[20..])) + ContentDigest.Of(Sample.Join(Documents[..20])));
        Assert.Equal(whole, Documents.Aggregate(ContentDigest.Empty, (digest, document) => digest.Append(document)));
        Assert.Equal(whole, whole.Combine(ContentDigest.Empty));
    }

    [Fact]
    public void Differs_when_a_document_is_missing_doubled_or_changed()
    {
        var whole = ContentDigest.Of(Sample.Join(Documents));
        var changed = Sample.Join(Documents);
        changed[^3] ^= 1;

        Assert.NotEqual(whole, ContentDigest.Of(Sample.Join(Documents[1..])));
        Assert.NotEqual(whole, whole.Append(Documents[0]));
        Assert.NotEqual(whole, whole.Append(Documents[0]).Append(Documents[0]));
        Assert.NotEqual(whole, ContentDigest.Of(changed));
    }

    [Fact]
    public void Is_written_as_32_hex_digits_and_read_back()
    {
        var digest = ContentDigest.Of(Documents[3]);

        Assert.Equal("00000000000000000000000000000000", ContentDigest.Empty.ToString());
        Assert.Matches("^[0-9a-f]{32}$", digest.ToString());
        Assert.Equal(digest, ContentDigest.Parse(digest.ToString()));
        foreach (var wrong in new[] { "", "12", digest + "0", digest.ToString()[..31] + "g", " " + digest.ToString()[1..] })
            Assert.Throws<FormatException>(() => ContentDigest.Parse(wrong));
    }

    [Fact]
    public void Keeps_its_definition_so_that_stored_ones_stay_comparable() =>
        Assert.Equal("d7178728e5f154aeecb2b7abece78699", ContentDigest.Of(new BsonDocument("_id", 1).ToBson()).ToString());

    [Theory]
    [InlineData(new byte[] { 5, 0, 0 })]
    [InlineData(new byte[] { 4, 0, 0, 0 })]
    [InlineData(new byte[] { 6, 0, 0, 0, 0 })]
    public void Refuses_what_is_not_whole_documents(byte[] bytes) => Assert.Throws<ArgumentException>(() => ContentDigest.Of(bytes));

    [Fact]
    public async Task Is_told_by_writer_reader_and_verifier_alike()
    {
        var documents = Sample.Join(Documents);
        var archive = await Sample.WriteAsync((Sample.Collection("a"), documents), (Sample.Collection("empty"), []));

        var report = await Sample.VerifyAsync(archive);

        Assert.Equal([ContentDigest.Of(documents), ContentDigest.Empty], report.Totals.Select(one => one.Digest));
    }
}
