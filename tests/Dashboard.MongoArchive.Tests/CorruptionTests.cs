using Dashboard.Testing.Faults;
using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests;

/// <summary>
/// The checks AC1 to AC3: a stored archive that is changed in any way is found out, always with the place and, where one was
/// being read, with the namespace. All of it with <c>FAULTS=full</c>, else some of each kind.
/// </summary>
public sealed class CorruptionTests
{
    private const int Edge = 4096;
    private const int Block = 512;

    public static TheoryData<string> Forms => new("plain", "gzip");

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_flipped_bit_is_found(string form)
    {
        var (archive, plain) = await CreateAsync(form, documents: 60);
        Assert.InRange(archive.Length, 2 * Edge, int.MaxValue);
        var edges = Enumerable.Range(0, Edge * 8).Concat(Enumerable.Range((archive.Length - Edge) * 8, Edge * 8)).ToList();
        foreach (var bit in FaultCounts.Some(edges, quick: 1_500))
            await AssertFoundAsync(Flip(archive, bit), plain, $"bit {bit}");

        await Seeds.EachAsync(FaultCounts.Of(quick: 300, full: 10_000), async (random, _) =>
        {
            var bit = random.Next(archive.Length * 8);
            var refusal = await AssertFoundAsync(Flip(archive, bit), plain, $"bit {bit}");
            if (form == "plain" && NamespaceAt(archive, bit / 8) is { } name)
                Assert.Equal(name, refusal.Namespace);
        });
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_cut_is_found_at_every_block_and_every_border_of_a_document(string form)
    {
        var (archive, plain) = await CreateAsync(form, documents: 400);
        var borders = form == "plain" ? Borders(archive) : [];
        var cuts = Enumerable.Range(0, archive.Length / Block).Select(block => block * Block).Concat(borders).Distinct().Where(cut => cut < archive.Length).ToList();
        foreach (var cut in FaultCounts.Some(cuts, quick: 400))
            await AssertFoundAsync(archive[..cut], plain, $"cut at {cut}");
    }

    public static TheoryData<string, string> Blocks
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var form in new[] { "plain", "gzip" })
            {
                foreach (var damage in new[] { "zeroed", "swapped", "doubled", "taken out", "added at the end", "of another archive" })
                    rows.Add(form, damage);
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task A_block_in_the_wrong_place_is_found(string form, string damage)
    {
        var (archive, plain) = await CreateAsync(form, documents: 400);
        var (other, _) = await CreateAsync(form, documents: 400, seed: 2);
        await Seeds.EachAsync(FaultCounts.Of(quick: 60, full: 1_000), async (random, _) =>
        {
            var size = random.Next(1, Block);
            var (first, second) = (random.Next(archive.Length - (2 * size)), random.Next(Math.Min(archive.Length, other.Length) - size));
            var damaged = damage switch
            {
                "zeroed" => [.. archive[..first], .. new byte[size], .. archive[(first + size)..]],
                "swapped" => Swap(archive, first, first + size + random.Next(archive.Length - first - (2 * size) + 1), size),
                "doubled" => [.. archive[..(first + size)], .. archive[first..]],
                "taken out" => [.. archive[..first], .. archive[(first + size)..]],
                "added at the end" => [.. archive, .. archive[first..(first + size)]],
                _ => (byte[])[.. archive[..second], .. other[second..(second + size)], .. archive[(second + size)..]],
            };
            if (!damaged.AsSpan().SequenceEqual(archive))
                await AssertFoundAsync(damaged, plain, $"{damage}: {size} bytes at {first} or {second}");
        });
    }

    /// <summary>Each of them sound in itself: only the order, or the sum, is wrong.</summary>
    [Fact]
    public async Task Whole_members_and_whole_documents_in_the_wrong_place_are_found()
    {
        var (archive, plain) = await CreateAsync("gzip", documents: 400);
        var members = Members(archive);
        Assert.InRange(members.Count, 10, int.MaxValue);
        var documents = Borders(plain).Zip(Borders(plain).Skip(1)).Select(pair => plain[pair.First..pair.Second]).Where(document => document.Length > 200).ToList();
        await Seeds.EachAsync(FaultCounts.Of(quick: 60, full: 1_000), async (random, _) =>
        {
            var (a, b) = (random.Next(members.Count - 1), random.Next(1, members.Count));
            if (a != b)
                await AssertFoundAsync(Sample.Join(members.Select((member, i) => i == a ? members[b] : i == b ? members[a] : member)), plain, $"members {a} and {b} swapped");
            await AssertFoundAsync(Sample.Join(members.Take(b).Concat(members.Skip(b - 1))), plain, $"member {b} doubled");
            await AssertFoundAsync(Sample.Join(members.Where((_, i) => i != a)), plain, $"member {a} taken out");
            var (c, d) = (documents[random.Next(documents.Count)], documents[random.Next(documents.Count)]);
            var at = plain.AsSpan().IndexOf(c);
            await AssertFoundAsync([.. plain[..at], .. plain[(at + c.Length)..]], plain, "a document taken out");
            await AssertFoundAsync([.. plain[..at], .. d, .. plain[at..]], plain, "a document added");
        });
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Two_archives_joined_are_found(string form)
    {
        var (first, plain) = await CreateAsync(form, documents: 60);
        var (second, _) = await CreateAsync(form, documents: 60, seed: 2);

        foreach (var joined in new byte[][] { [.. first, .. second], [.. first, .. first], [.. first[..^4], .. second], [.. first, 0, .. second], [.. first, .. plain] })
            await AssertFoundAsync(joined, plain, "joined");
    }

    private static async Task<ArchiveException> AssertFoundAsync(byte[] archive, byte[] plain, string what)
    {
        try
        {
            await Sample.VerifyAsync(archive);
        }
        catch (ArchiveException refusal)
        {
            Assert.InRange(refusal.Offset, 0, 2 * plain.Length);
            Assert.Contains($"byte {refusal.Offset}", refusal.Message, StringComparison.Ordinal);
            return refusal;
        }
        throw new Xunit.Sdk.XunitException($"It passed: {what}.");
    }

    /// <summary>Three collections by turns, of documents that compress by about half; compressed, in members of some KiB.</summary>
    private static async Task<(byte[] Archive, byte[] Plain)> CreateAsync(string form, int documents, int seed = 1)
    {
        var names = new[] { "users", "characters", "fights" };
        using var stream = new MemoryStream();
        await using (var archive = await ArchiveWriter.CreateAsync(stream, Sample.Header, names.Select(name => Sample.Collection(name)), leaveOpen: true, TestContext.Current.CancellationToken))
        {
            var writers = names.Select(name => archive.BeginNamespace("game", name)).ToList();
            var random = new Random(seed);
            for (var i = 0; i < documents; i++)
            {
                var noise = new byte[random.Next(50, 400)];
                random.NextBytes(noise);
                var document = new BsonDocument { { "_id", i }, { "text", new string('x', noise.Length) }, { "noise", noise }, { "sub", new BsonDocument("a", new BsonArray { 1, "b" }) } };
                await writers[random.Next(3)].WriteAsync(document.ToBson(), TestContext.Current.CancellationToken);
            }
            foreach (var writer in writers)
                await writer.CompleteAsync(TestContext.Current.CancellationToken);
            await archive.CompleteAsync(TestContext.Current.CancellationToken);
        }
        var plain = stream.ToArray();
        return (form == "plain" ? plain : await Sample.GzipArchiveAsync(plain.Chunk(6_000)), plain);
    }

    private static byte[] Flip(byte[] archive, int bit)
    {
        var flipped = archive.ToArray();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    private static byte[] Swap(byte[] archive, int first, int second, int size) =>
        [.. archive[..first], .. archive[second..(second + size)], .. archive[(first + size)..second], .. archive[first..(first + size)], .. archive[(second + size)..]];

    /// <summary>Where each document and each terminator of a plain archive begins.</summary>
    private static List<int> Borders(byte[] plain)
    {
        var borders = new List<int>();
        for (var at = 4; at < plain.Length; at += Math.Max(4, BitConverter.ToInt32(plain, at)))
            borders.Add(at);
        return borders;
    }

    /// <summary>The namespace whose document the byte belongs to; null between the documents and within the prelude.</summary>
    private static string? NamespaceAt(byte[] plain, int at)
    {
        string? current = null;
        var isPrelude = true;
        foreach (var border in Borders(plain))
        {
            var length = BitConverter.ToInt32(plain, border);
            var isHeader = current is null && length > 0;
            if (at < border + Math.Max(4, length))
                return isPrelude || isHeader || length < 0 ? null : current;
            if (length < 0)
                (isPrelude, current) = (false, null);
            else if (isHeader && !isPrelude)
                current = "game." + new RawBsonDocument(plain[border..(border + length)])["collection"].AsString;
        }
        return null;
    }

    private static List<byte[]> Members(byte[] archive)
    {
        var members = new List<byte[]>();
        for (var at = 0; at < archive.Length; at += members[^1].Length)
            members.Add(archive[at..(at + BitConverter.ToInt32(archive, at + 16))]);
        return members;
    }
}
