using System.Text;

namespace Dashboard.MongoArchive.Tests;

/// <summary>A small archive, damaged in every single place.</summary>
public sealed class DamageTests
{
    [Fact]
    public async Task No_truncation_of_a_plain_archive_passes() => await NoTruncationPassesAsync(await Sample.SmallAsync());

    [Fact]
    public async Task No_truncation_of_a_one_member_gzip_archive_passes() => await NoTruncationPassesAsync(Sample.Gzip(await Sample.SmallAsync()));

    [Fact]
    public async Task No_truncation_of_an_archive_of_many_members_passes() => await NoTruncationPassesAsync(await ManyMembersAsync());

    [Fact]
    public async Task Nothing_may_follow_the_archive()
    {
        var plain = await Sample.SmallAsync();
        byte[][] trailers = [[0], [0, 0, 0], [0, 0, 0, 0], new byte[512], new byte[70_000], [0x1F], [0x1F, 0x8B], [.. "text"u8], Sample.Gzip([1]), plain];
        foreach (var archive in new[] { plain, Sample.Gzip(plain), await ManyMembersAsync() })
        {
            foreach (var trailer in trailers)
                await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync([.. archive, .. trailer]));
        }
    }

    [Fact]
    public async Task A_whole_empty_member_may_follow() => await Sample.VerifyAsync([.. Sample.Gzip(await Sample.SmallAsync()), .. Sample.Gzip([])]);

    [Fact]
    public async Task No_flipped_bit_of_our_plain_archive_passes() =>
        await ForEachFlipAsync(await Sample.SmallAsync(), (offset, _) => Assert.Fail($"A flipped bit in byte {offset} passed."));

    /// <summary>
    /// No checksum of another tool's plain archive covers its prelude (gzip's does). What can change there unnoticed: the values
    /// of the header, the size and the name of the type of an entry, and the insides of the metadata JSON.
    /// </summary>
    [Fact]
    public async Task No_flipped_bit_of_a_foreign_plain_archive_passes_but_in_what_no_checksum_covers()
    {
        var archive = RawArchive.WithUsers().Block().Bytes(Sample.Document(1)).End().EndBlock(Sample.Document(1)).End().ToArray();
        var uncovered = new HashSet<int>();
        Cover("concurrent_collections\0", 4, 0);
        Cover("server_version\0", 4 + "7.0.15".Length, 4);
        Cover("tool_version\0", 4 + "by hand".Length, 4);
        foreach (var at in Find(archive, "size\0"))
            uncovered.UnionWith(Enumerable.Range(at, "size\0".Length + 4));
        foreach (var at in Find(archive, "\u0002type\0"))
            uncovered.UnionWith(Enumerable.Range(at + 1, "type".Length));
        foreach (var at in Find(archive, "{\"indexes\""))
            uncovered.UnionWith(Enumerable.Range(at, archive.AsSpan(at).IndexOf((byte)0)));
        var expected = await Sample.VerifyAsync(archive);

        var passed = new HashSet<int>();
        await ForEachFlipAsync(archive, (offset, report) =>
        {
            passed.Add(offset);
            Assert.Equal(expected.Totals, report.Totals);
        });

        Assert.Subset(uncovered, passed);
        Assert.Superset(new HashSet<int> { Find(archive, "7.0.15").Single(), Find(archive, "by hand").Single() }, passed);

        void Cover(string name, int length, int skip)
        {
            var start = Find(archive, name).Single() + name.Length;
            uncovered.UnionWith(Enumerable.Range(start + skip, length - skip));
        }
    }

    [Fact]
    public async Task No_flipped_bit_of_our_gzip_archive_passes()
    {
        var archive = await ManyMembersAsync();

        await ForEachFlipAsync(archive, (offset, _) => Assert.Fail($"A flipped bit in byte {offset} passed."));
    }

    /// <summary>
    /// Of a foreign gzip member the header's FTEXT flag, time, extra flags and system mean nothing to the content, and the
    /// last byte of the deflate stream may have bits to spare.
    /// </summary>
    [Fact]
    public async Task No_flipped_bit_of_a_foreign_gzip_archive_passes_but_in_what_gzip_gives_no_meaning()
    {
        var archive = Sample.Gzip(await Sample.SmallAsync());
        var expected = await Sample.VerifyAsync(archive);
        var spare = archive.Length - 9;

        var passed = new HashSet<int>();
        await ForEachFlipAsync(archive, (offset, report) =>
        {
            passed.Add(offset);
            Assert.Equal(expected.Totals, report.Totals);
            Assert.Equal(expected.Bytes, report.Bytes);
        });

        Assert.Equal(Enumerable.Range(3, 7), passed.Except([spare]).Order());
    }

    [Fact]
    public async Task Random_bytes_are_refused()
    {
        var random = new Random(2026);
        var small = await Sample.SmallAsync();
        for (var round = 0; round < 3000; round++)
        {
            var noise = new byte[random.Next(0, 400)];
            random.NextBytes(noise);
            // Behind nothing, behind a magic number, behind a whole prelude.
            byte[] archive = (round % 4) switch
            {
                0 => noise,
                1 => [0x6D, 0xE2, 0x99, 0x81, .. noise],
                2 => [0x1F, 0x8B, 8, 0, .. noise],
                _ => [.. small[..random.Next(4, small.Length)], .. noise],
            };
            await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(archive));
        }
    }

    private static async Task NoTruncationPassesAsync(byte[] archive)
    {
        await Sample.VerifyAsync(archive);
        for (var length = 0; length < archive.Length; length++)
            await Assert.ThrowsAsync<ArchiveException>(() => Sample.VerifyAsync(archive[..length]));
    }

    private static async Task ForEachFlipAsync(byte[] archive, Action<int, ArchiveReport> passed)
    {
        var damaged = archive.ToArray();
        for (var bit = 0; bit < archive.Length * 8; bit++)
        {
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                passed(bit / 8, await Sample.VerifyAsync(damaged));
            }
            catch (ArchiveException)
            {
                // As it should be.
            }
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    /// <summary>The small archive in three of our members, cut inside documents.</summary>
    private static async Task<byte[]> ManyMembersAsync()
    {
        var plain = await Sample.SmallAsync();
        return await Sample.GzipArchiveAsync(plain.Chunk((plain.Length / 3) + 1));
    }

    private static List<int> Find(byte[] archive, string text)
    {
        var pattern = Encoding.UTF8.GetBytes(text);
        return [.. Enumerable.Range(0, archive.Length - pattern.Length).Where(at => archive.AsSpan(at, pattern.Length).SequenceEqual(pattern))];
    }
}
