using System.IO.Compression;

namespace Dashboard.MongoArchive.Tests;

public sealed class GzipArchiveStreamTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024 * 1024)]
    [InlineData((5 * 1024 * 1024) + 17)]
    public async Task Gives_what_any_gzip_reader_turns_back(int length)
    {
        var plain = Mixed(length);

        for (var level = 0; level <= 9; level++)
        {
            using var compressed = new MemoryStream();
            await using (var gzip = new GzipArchiveStream(compressed, leaveOpen: true, level))
            {
                for (var at = 0; at < length; at += 300_000)
                    await gzip.WriteAsync(plain.AsMemory(at, Math.Min(300_000, length - at)), CancellationToken);
                await gzip.FlushAsync(CancellationToken);
            }
            compressed.Position = 0;
            using var back = new MemoryStream();
            await using (var gunzip = new GZipStream(compressed, CompressionMode.Decompress))
                await gunzip.CopyToAsync(back, CancellationToken);
            Assert.True(plain.AsSpan().SequenceEqual(back.ToArray()), $"level {level}");
        }
    }

    [Fact]
    public async Task Keeps_the_order_whatever_worker_is_first()
    {
        // Members that compress fast and slowly by turns overtake one another in the workers.
        var plain = Enumerable.Range(0, 24).SelectMany(i => i % 2 == 0 ? new byte[1024 * 1024] : Mixed(1024 * 1024, i)).ToArray();
        using var compressed = new MemoryStream();
        await using (var gzip = new GzipArchiveStream(compressed, leaveOpen: true, workers: 5))
        {
            await gzip.WriteAsync(plain, CancellationToken);
            await gzip.FlushAsync(CancellationToken);
        }
        compressed.Position = 0;
        using var back = new MemoryStream();
        await using (var gunzip = new GZipStream(compressed, CompressionMode.Decompress))
            await gunzip.CopyToAsync(back, CancellationToken);
        Assert.True(plain.AsSpan().SequenceEqual(back.ToArray()));
    }

    [Fact]
    public async Task Costs_at_most_three_percent_of_size_against_one_member_of_the_same_level()
    {
        var text = Mixed(8 * 1024 * 1024);
        using var one = new MemoryStream();
        await using (var gzip = new GZipStream(one, new ZLibCompressionOptions { CompressionLevel = GzipArchiveStream.DefaultLevel }, leaveOpen: true))
            await gzip.WriteAsync(text, CancellationToken);

        Assert.InRange((await Sample.GzipArchiveAsync(text)).Length, 1, one.Length * 1.03);
    }

    [Fact]
    public async Task Throws_away_what_was_not_flushed()
    {
        using var compressed = new MemoryStream();
        await using (var gzip = new GzipArchiveStream(compressed, leaveOpen: true))
            await gzip.WriteAsync(new byte[100], CancellationToken);
        Assert.Equal(0, compressed.Length);
    }

    [Fact]
    public async Task Tells_a_failure_of_the_destination_to_every_later_call_and_is_disposed_quietly()
    {
        await using var full = new FullDiskStream(capacity: 10);
        var gzip = new GzipArchiveStream(full, leaveOpen: true);

        await gzip.WriteAsync(Mixed(100_000), CancellationToken);
        var first = await Assert.ThrowsAsync<IOException>(() => gzip.FlushAsync(CancellationToken));
        var second = await Assert.ThrowsAsync<IOException>(async () => await gzip.WriteAsync(new byte[10_000_000], CancellationToken));

        Assert.Contains("No space left", first.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", second.Message, StringComparison.Ordinal);
        await gzip.DisposeAsync();
        await gzip.DisposeAsync();
    }

    [Fact]
    public async Task Makes_the_writer_wait_for_a_slow_destination()
    {
        await using var stuck = new StuckStream();
        await using var gzip = new GzipArchiveStream(stuck, leaveOpen: true, workers: 2);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);

        var write = gzip.WriteAsync(new byte[100 * 1024 * 1024], cancel.Token).AsTask();
        await stuck.Reached.Task.WaitAsync(CancellationToken);

        Assert.False(write.IsCompleted);
        await cancel.CancelAsync();
        await Task.WhenAny(write);
        Assert.True(write.IsCanceled);
    }

    [Fact]
    public async Task Can_be_flushed_again_after_a_flush_was_cancelled()
    {
        using var compressed = new MemoryStream();
        await using var gzip = new GzipArchiveStream(compressed, leaveOpen: true);
        await gzip.WriteAsync(Mixed(100_000), CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gzip.FlushAsync(new CancellationToken(canceled: true)));
        await gzip.FlushAsync(CancellationToken);

        Assert.NotEqual(0, compressed.Length);
    }

    /// <summary>Words and noise: compressible by about half.</summary>
    internal static byte[] Mixed(int length, int seed = 1)
    {
        var random = new Random(seed);
        var bytes = new byte[length];
        for (var at = 0; at < length; at += 16)
        {
            var piece = bytes.AsSpan(at, Math.Min(16, length - at));
            if (random.Next(2) == 0)
                random.NextBytes(piece);
            else
                "dungeon & dragon"u8[..piece.Length].CopyTo(piece);
        }
        return bytes;
    }
}
