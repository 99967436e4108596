using CsCheck;
using Dashboard.Testing.Faults;
using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests;

/// <summary>Whatever is written in whatever order comes back: a property over random databases and random interleavings.</summary>
public sealed class RoundTripTests
{
    private static readonly string[] Odd = ["users", "a.b", "übung 🐉", "with space", "\"q\"\n", "system.js", "$admin.system.users", "%41", "..", "x/y\\z"];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static Gen<byte[]> Document { get; } = Gen.Select(Gen.Int, Gen.String[0, 20], Gen.Byte.Array[0, 300], Gen.Int[0, 5]).Select((id, text, bytes, depth) =>
        Enumerable.Range(0, depth).Aggregate(
            new BsonDocument { { "_id", id }, { "text", text.Replace("\0", "", StringComparison.Ordinal) }, { "bytes", bytes } },
            (inner, i) => new BsonDocument { { "n", i % 2 == 0 ? inner : new BsonArray { inner } } }).ToBson());

    private static Gen<Plan> Plans { get; } = Gen.Select(
        Gen.Int[0, Odd.Length - 1].Array[0, 8],
        Gen.Select(Gen.Int[0, 7], Document.Array[0, 12]).Array[0, 40],
        Gen.Int[0, 3],
        Gen.Int[-1, 9],
        Gen.Int[1, 5000],
        Gen.Int[0, 2]).Select((names, writes, open, level, chunk, kind) => new Plan([.. names.Distinct().Select(name => Odd[name])], writes, open + 1, level, chunk, kind));

    [Fact]
    public async Task Any_interleaving_comes_back_byte_for_byte() =>
        await Plans.SampleAsync(GoesRoundAsync, iter: FaultCounts.Of(quick: 300, full: 20_000));

    private static async Task GoesRoundAsync(Plan plan)
    {
        var namespaces = plan.Names.Select((name, i) => Sample.Collection(name, $"game{i % 2}") with { Type = KindOf(plan, name, i) }).ToList();
        var expected = namespaces.ToDictionary(one => one.FullName, _ => new MemoryStream(), StringComparer.Ordinal);
        using var stream = new MemoryStream();
        await using var gzip = new GzipArchiveStream(stream, leaveOpen: true, Math.Max(0, plan.Level), workers: 2);
        await using var chunks = new FlushingStream(gzip, plan.Chunk);
        await using var archive = await ArchiveWriter.CreateAsync(plan.Level < 0 ? stream : chunks, new(plan.Open, "7.0.15", "property"), namespaces, leaveOpen: true, CancellationToken);
        var totals = await WriteAsync(archive, plan, namespaces, expected);

        StrictArchive.Check(await Sample.GunzipAsync(stream.ToArray()));
        var report = await Sample.VerifyAsync(stream.ToArray());
        Assert.Equal(totals, report.Totals);
        Assert.InRange(report.MostOpenNamespaces, 0, plan.Open);
        Assert.Equal(namespaces.Select(one => (one.FullName, one.Type)), report.Announced.Select(one => (one.FullName, one.Type)));
        var contents = await Sample.ReadAsync(new MemoryStream(stream.ToArray()));
        foreach (var (name, documents) in expected)
        {
            Assert.Equal(documents.ToArray(), contents[name]);
            Assert.Equal(ContentDigest.Of(documents.ToArray()), report.Totals.Single(total => total.FullName == name).Digest);
        }
    }

    /// <summary>Writes go to random open namespaces; when no more may be open, one is ended first. Access comes first, as it must.</summary>
    private static async Task<IReadOnlyList<NamespaceTotals>> WriteAsync(ArchiveWriter archive, Plan plan, List<ArchiveNamespace> namespaces, Dictionary<string, MemoryStream> expected)
    {
        var waiting = new Queue<ArchiveNamespace>(namespaces.Where(one => !one.IsView).OrderBy(one => one.Collection.StartsWith('$') ? 0 : 1));
        var open = new List<ArchiveCollectionWriter>();
        var writes = new Queue<(int Which, byte[][] Documents)>(plan.Writes);
        while (waiting.Count > 0 || open.Count > 0)
        {
            var isAccessOpen = open.Any(one => one.Namespace.Collection.StartsWith('$'));
            if (waiting.Count > 0 && open.Count < plan.Open && !(isAccessOpen && !waiting.Peek().Collection.StartsWith('$')))
            {
                var next = waiting.Dequeue();
                open.Add(archive.BeginNamespace(next.Database, next.Collection));
            }
            else if (writes.TryDequeue(out var write) && write.Which > 1)
            {
                var writer = open[write.Which % open.Count];
                var documents = Sample.Join(write.Documents);
                await writer.WriteAsync(documents, CancellationToken);
                expected[writer.Namespace.FullName].Write(documents);
            }
            else
            {
                var ending = open[write.Which % open.Count];
                await ending.CompleteAsync(CancellationToken);
                open.Remove(ending);
            }
        }
        return await archive.CompleteAsync(CancellationToken);
    }

    private static string KindOf(Plan plan, string name, int i) => name.StartsWith('$') ? "" : (plan.Kind + i) % 3 == 1 ? "view" : (plan.Kind + i) % 5 == 2 ? "timeseries" : "collection";

    /// <param name="Names">Of the collections.</param>
    /// <param name="Writes">Which of the open ones gets which documents.</param>
    /// <param name="Open">How many may be open.</param>
    /// <param name="Level">Of the compression; below zero there is none.</param>
    /// <param name="Chunk">A member of gzip ends after so many bytes.</param>
    /// <param name="Kind">Which of them are views and time series.</param>
    private sealed record Plan(string[] Names, (int Which, byte[][] Documents)[] Writes, int Open, int Level, int Chunk, int Kind);

    /// <summary>Flushes now and then, so that members end anywhere.</summary>
    private sealed class FlushingStream(GzipArchiveStream gzip, int chunk) : MemoryStream
    {
        private int _written;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await gzip.WriteAsync(buffer, cancellationToken);
            if ((_written += buffer.Length) < chunk)
                return;
            _written = 0;
            await gzip.FlushAsync(cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => gzip.FlushAsync(cancellationToken);
    }
}
