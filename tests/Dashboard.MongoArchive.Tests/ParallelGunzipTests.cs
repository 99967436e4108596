using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Dashboard.MongoArchive.Tests;

/// <summary>Our gzip members, decompressed on several processors, and whatever else may stand among them.</summary>
public sealed class ParallelGunzipTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keeps_the_order_whatever_worker_is_first()
    {
        // Members that decompress fast and slowly by turns overtake one another in the workers.
        var documents = Sample.Join(Enumerable.Range(0, 30).Select(i => i % 2 == 0 ? Sample.DocumentOf(1024 * 1024) : Sample.Noise(1024 * 1024, i)));
        var archive = await Sample.GzipArchiveAsync(await Sample.WriteAsync((Sample.Collection("users"), documents)));

        var contents = await Sample.ReadAsync(new MemoryStream(archive));

        Assert.True(documents.AsSpan().SequenceEqual(contents["game.users"]));
        Assert.Equal(30, (await Sample.VerifyAsync(archive)).Totals.Single().Documents);
    }

    public static TheoryData<string> Layouts => new(
        "one foreign member", "members cut inside documents", "an empty last member", "an empty first member", "a name", "an extra field and a comment", "stored blocks",
        "ours then foreign", "foreign then ours", "ours of stored blocks", "ours of one byte each");

    /// <summary>Every layout of the vector 13, and mixtures of ours and others': all are one gzip file to any reader.</summary>
    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task Reads_any_layout_of_members(string layout)
    {
        var plain = await Sample.SmallAsync();
        var (first, second) = (plain[..(plain.Length / 2)], plain[(plain.Length / 2)..]);
        byte[] archive = layout switch
        {
            "one foreign member" => Sample.Gzip(plain),
            "members cut inside documents" => Sample.Join(plain.Chunk(7).Select(Sample.Gzip)),
            "an empty last member" => [.. Sample.Gzip(plain), .. Sample.Gzip([])],
            "an empty first member" => [.. Sample.Gzip([]), .. Sample.Gzip(plain)],
            "a name" => Foreign(plain, 8, [.. "archive.bson\0"u8]),
            "an extra field and a comment" => Foreign(plain, 4 | 16, [6, 0, (byte)'X', (byte)'Y', 2, 0, 1, 2, .. "comment\0"u8]),
            "stored blocks" => Foreign(plain, 0, [], CompressionLevel.NoCompression),
            "ours then foreign" => [.. await Sample.GzipArchiveAsync(first), .. Sample.Gzip(second)],
            "foreign then ours" => [.. Sample.Gzip(first), .. await Sample.GzipArchiveAsync(second)],
            "ours of stored blocks" => await Sample.GzipArchiveAsync(plain.Chunk(100), level: 0),
            _ => await Sample.GzipArchiveAsync(plain.Chunk(1), level: 9),
        };

        var report = await Sample.VerifyAsync(archive);

        Assert.True(report.IsGzip);
        Assert.Equal((await Sample.VerifyAsync(plain)).Totals, report.Totals);
        Assert.Equal(plain, await Sample.GunzipAsync(archive));
    }

    public static TheoryData<string> Lies => new(
        "size too small", "size too large", "size of two members", "size below the header", "size beyond any member", "size negative", "plain length", "plain length beyond any member",
        "plain length negative", "plain checksum", "data that end early", "data that do not end", "more than a MiB comes out", "data that are no deflate");

    /// <summary>A member of ours that somebody made up, its own checksums right: the lie is found, and nothing comes of it.</summary>
    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Refuses_a_member_that_lies(string lie)
    {
        var first = RawArchive.WithUsers().Block().ToArray();
        var document = Sample.Document(1);
        var rest = new RawArchive().Bytes(document).End().EndBlock(document).End().ToArray();
        var sound = await Sample.GzipArchiveAsync(rest);
        var size = sound.Length;
        byte[] member = lie switch
        {
            "size too small" => Sealed(sound, size - 1),
            "size too large" => [.. Sealed(sound, size + 1), 0],
            "size of two members" => [.. Sealed(sound, 2 * size), .. sound],
            "size below the header" => Sealed(sound, 34),
            "size beyond any member" => Sealed(sound, 64 * 1024 * 1024),
            "size negative" => Sealed(sound, -1),
            "plain length" => Ours(Deflate(rest), rest, rest.Length - 1),
            "plain length beyond any member" => Ours(Deflate(rest), rest, 1024 * 1024 + 1),
            "plain length negative" => Ours(Deflate(rest), rest, -1),
            "plain checksum" => Ours(Deflate(rest), document, rest.Length),
            "data that end early" => Ours([.. Deflate(rest), 1, 2, 3], rest, rest.Length),
            "data that do not end" => Ours(Deflate(rest)[..^1], rest, rest.Length),
            "more than a MiB comes out" => Ours(Deflate(new byte[2 * 1024 * 1024]), new byte[2 * 1024 * 1024], 2 * 1024 * 1024),
            _ => Ours([0xFF, 0xFE, 0xFD, 0xFC], rest, rest.Length),
        };
        byte[] archive = [.. await Sample.GzipArchiveAsync(first), .. member];

        var refusal = await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(archive));

        Assert.Equal("game.users", refusal.Namespace);
        Assert.Equal(first.Length, refusal.Offset);
        Assert.Contains("gzip", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_the_namespace_and_the_place_where_the_decompressed_data_end()
    {
        var documents = Sample.Join(Enumerable.Range(0, 5).Select(i => Sample.Noise(1024 * 1024, i)));
        var plain = await Sample.WriteAsync((Sample.Collection("users"), documents));
        foreach (var archive in new[] { await Sample.GzipArchiveAsync(plain), Sample.Gzip(plain) })
        {
            foreach (var damage in new Func<byte[]>[] { () => archive[..(archive.Length / 2)], () => Flip(archive, archive.Length / 2) })
            {
                var refusal = await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(damage()));
                Assert.Equal("game.users", refusal.Namespace);
                Assert.InRange(refusal.Offset, 1024 * 1024, plain.Length);
                Assert.Contains("gzip file is", refusal.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Passes_on_a_failure_of_the_source()
    {
        var archive = await Sample.GzipArchiveAsync(await Sample.WriteAsync((Sample.Collection("users"), Sample.Noise(3 * 1024 * 1024, 1))));

        var failure = await Assert.ThrowsAsync<IOException>(() => ArchiveVerifier.VerifyAsync(new BrokenDiskStream(archive, failAt: 2_000_000), CancellationToken));

        Assert.Contains("Input/output error", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Can_be_given_up_at_any_point()
    {
        var archive = await Sample.GzipArchiveAsync(await Sample.WriteAsync((Sample.Collection("users"), Sample.Join(Enumerable.Range(0, 20).Select(i => Sample.Noise(1024 * 1024, i))))));
        for (var runs = 0; runs < 10; runs++)
        {
            await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(archive), leaveOpen: false, CancellationToken);
            var left = runs;
            await foreach (var run in reader.ReadRunsAsync(CancellationToken))
            {
                if (left-- == 0)
                    break;
            }
        }
    }

    private static byte[] Flip(byte[] archive, int at)
    {
        var flipped = archive.ToArray();
        flipped[at] ^= 4;
        return flipped;
    }

    private static byte[] Foreign(byte[] plain, byte flags, byte[] fields, CompressionLevel level = CompressionLevel.Optimal) =>
        [0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 0, 3, .. fields, .. Deflate(plain, level), .. BitConverter.GetBytes(Crc32.HashToUInt32(plain)), .. BitConverter.GetBytes(plain.Length)];

    private static byte[] Deflate(byte[] plain, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var stream = new MemoryStream();
        using (var deflate = new DeflateStream(stream, level, leaveOpen: true))
            deflate.Write(plain);
        return stream.ToArray();
    }

    private static byte[] Ours(byte[] deflated, byte[] plain, int length)
    {
        byte[] member = [.. new byte[26], .. deflated, .. BitConverter.GetBytes(Crc32.HashToUInt32(plain)), .. BitConverter.GetBytes(length)];
        return Sealed(member, member.Length);
    }

    /// <summary>With this size, and its checksums right.</summary>
    private static byte[] Sealed(byte[] member, int size)
    {
        byte[] header = [0x1F, 0x8B, 8, 6, 0, 0, 0, 0, 0, 255, 12, 0, (byte)'D', (byte)'A', 8, 0, .. BitConverter.GetBytes(size), .. BitConverter.GetBytes(Crc32.HashToUInt32(member.AsSpan(26)))];
        byte[] sealedMember = [.. header, .. new byte[2], .. member[26..]];
        BinaryPrimitives.WriteUInt16LittleEndian(sealedMember.AsSpan(24), (ushort)Crc32.HashToUInt32(header));
        return sealedMember;
    }
}
