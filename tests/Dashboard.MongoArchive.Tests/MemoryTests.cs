using System.IO.Compression;

namespace Dashboard.MongoArchive.Tests;

/// <summary>A gigabyte through a pipe: what is held at any moment must not depend on it.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private const long Gigabyte = 1024L * 1024 * 1024;

    // The stages hold some 15 MiB together; the rest is for what the collector has not got round to.
    private const long Bound = 64 * 1024 * 1024;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writing_and_reading_a_gigabyte_holds_no_more_than_a_few_buffers()
    {
        var run = Sample.Join(Enumerable.Repeat(Sample.DocumentOf(4096), 512));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var samples = new List<long>();
        var pipe = new System.IO.Pipelines.Pipe();
        var verifying = ArchiveVerifier.VerifyAsync(pipe.Reader.AsStream(), CancellationToken);

        await using var gzip = new GzipArchiveStream(pipe.Writer.AsStream(), level: 1);
        await using var archive = await ArchiveWriter.CreateAsync(gzip, Sample.Header, [Sample.Collection("a")], leaveOpen: true, CancellationToken);
        var a = archive.BeginNamespace("game", "a");
        while (a.Bytes < Gigabyte)
        {
            await a.WriteAsync(run, CancellationToken);
            if (a.Bytes % (64L * run.Length) == 0)
                samples.Add(GC.GetTotalMemory(forceFullCollection: true));
        }
        await a.CompleteAsync(CancellationToken);
        var totals = await archive.CompleteAsync(CancellationToken);
        await pipe.Writer.CompleteAsync();

        Assert.Equal(totals, (await verifying).Totals);
        Assert.True(samples.Max() - before < Bound, "It holds too much.");
        // What earlier tests left may go meanwhile, and must not hide that this one grows.
        Assert.True(samples.Max() - samples[0] < Bound / 4, "It grows with the data.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_gzip_bomb_is_refused_before_it_fills_the_memory(bool insideADocument)
    {
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            if (insideADocument)
                await gzip.WriteAsync(RawArchive.WithUsers().Block().Length(ArchiveFormat.MaxDocumentBytes).ToArray(), CancellationToken);
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 256; i++)
                await gzip.WriteAsync(zeros, CancellationToken);
        }
        var before = GC.GetTotalAllocatedBytes();

        await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(bomb.ToArray()));

        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 1, Bound);
    }
}
