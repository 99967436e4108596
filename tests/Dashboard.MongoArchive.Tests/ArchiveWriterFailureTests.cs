using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests;

/// <summary>What stays behind when an archive does not come to its end.</summary>
public sealed class ArchiveWriterFailureTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Leaves_a_visibly_cut_archive_when_disposed_before_completion(bool compress)
    {
        using var stream = new MemoryStream();
        await using (var gzip = new GzipArchiveStream(stream, leaveOpen: true))
        await using (var archive = await CreateAsync(compress ? gzip : stream, Sample.Collection("a")))
        {
            var a = archive.BeginNamespace("game", "a");
            for (var i = 0; i < 50_000; i++)
                await a.WriteAsync(Sample.Document(i, "all was written, nothing was completed"), CancellationToken);
            await a.CompleteAsync(CancellationToken);
        }

        Assert.NotEmpty(stream.ToArray());
        await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(stream.ToArray()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Passes_on_a_failure_of_the_stream_and_never_completes(bool compress)
    {
        await using var full = new FullDiskStream(capacity: 3_000_000);
        await using var gzip = new GzipArchiveStream(full, leaveOpen: true);
        await using var archive = await CreateAsync(compress ? gzip : full, Sample.Collection("a"));
        var a = archive.BeginNamespace("game", "a");
        var noise = new byte[500_000];
        new Random(1).NextBytes(noise);
        var document = new BsonDocument("noise", noise).ToBson();

        var failure = await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (var i = 0; i < 100; i++)
                await a.WriteAsync(document, CancellationToken);
        });

        Assert.Contains("No space left", failure.Message, StringComparison.Ordinal);
        var later = await Assert.ThrowsAsync<IOException>(() => a.CompleteAsync(CancellationToken).AsTask());
        Assert.Contains("No space left", later.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => archive.CompleteAsync(CancellationToken));
    }

    [Fact]
    public async Task Cannot_be_continued_after_a_write_was_cancelled_half_way()
    {
        await using var stuck = new StuckStream();
        await using var archive = await CreateAsync(stuck, Sample.Collection("a"));
        var a = archive.BeginNamespace("game", "a");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);

        var write = a.WriteAsync(Sample.DocumentOf(100_000), cancel.Token);
        await stuck.Reached.Task.WaitAsync(CancellationToken);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.AsTask());
        Assert.Equal(0, a.Documents);
        await Assert.ThrowsAsync<IOException>(() => a.WriteAsync(Sample.Document(1), CancellationToken).AsTask());
    }

    private static Task<ArchiveWriter> CreateAsync(Stream stream, params ArchiveNamespace[] namespaces) =>
        ArchiveWriter.CreateAsync(stream, Sample.Header, namespaces, leaveOpen: true, CancellationToken);
}
