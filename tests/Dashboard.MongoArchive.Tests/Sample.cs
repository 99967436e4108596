using System.IO.Compression;
using MongoDB.Bson;

namespace Dashboard.MongoArchive.Tests;

/// <summary>Small archives and their parts, for tests that look at every byte.</summary>
internal static class Sample
{
    public static readonly ArchiveHeader Header = new(4, "7.0.15", "dashboard-test");

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public static ArchiveNamespace Collection(string name, string database = "game") => new() { Database = database, Collection = name };

    public static byte[] Document(int id, string text = "x") => new BsonDocument { { "_id", id }, { "text", text } }.ToBson();

    public static byte[] Join(params IEnumerable<byte[]> parts) => [.. parts.SelectMany(part => part)];

    /// <summary>A document of exactly this many bytes.</summary>
    public static byte[] DocumentOf(int bytes)
    {
        var document = new BsonDocument("data", new BsonBinaryData(new byte[bytes - 16])).ToBson();
        Assert.Equal(bytes, document.Length);
        return document;
    }

    /// <summary>A document of this size that cannot be compressed.</summary>
    public static byte[] Noise(int bytes, int seed)
    {
        var noise = new byte[bytes - 16];
        new Random(seed).NextBytes(noise);
        return new BsonDocument("data", new BsonBinaryData(noise)).ToBson();
    }

    /// <summary>One archive of these namespaces, each with its run of documents.</summary>
    public static async Task<byte[]> WriteAsync(params (ArchiveNamespace Namespace, byte[] Documents)[] contents)
    {
        using var stream = new MemoryStream();
        await using var archive = await ArchiveWriter.CreateAsync(stream, Header, contents.Select(one => one.Namespace), leaveOpen: true, CancellationToken);
        foreach (var (one, documents) in contents.Where(one => !one.Namespace.IsView))
        {
            var collection = archive.BeginNamespace(one.Database, one.Collection);
            await collection.WriteAsync(documents, CancellationToken);
            await collection.CompleteAsync(CancellationToken);
        }
        await archive.CompleteAsync(CancellationToken);
        return stream.ToArray();
    }

    public static Task<byte[]> SmallAsync() => WriteAsync(
        (Collection("users"), Join(Document(1), Document(2, "zwei"))),
        (Collection("empty"), []));

    public static byte[] Gzip(byte[] plain)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(plain);
        return stream.ToArray();
    }

    public static Task<byte[]> GzipArchiveAsync(byte[] plain) => GzipArchiveAsync([plain]);

    /// <summary>In members of ours, each part ending one.</summary>
    public static async Task<byte[]> GzipArchiveAsync(IEnumerable<byte[]> parts, int level = GzipArchiveStream.DefaultLevel)
    {
        using var stream = new MemoryStream();
        await using (var gzip = new GzipArchiveStream(stream, leaveOpen: true, level))
        {
            foreach (var part in parts)
            {
                await gzip.WriteAsync(part, CancellationToken);
                await gzip.FlushAsync(CancellationToken);
            }
        }
        return stream.ToArray();
    }

    public static Task<ArchiveReport> VerifyAsync(byte[] archive) => ArchiveVerifier.VerifyAsync(new MemoryStream(archive), CancellationToken);

    /// <summary>The documents one by one.</summary>
    public static IEnumerable<byte[]> Split(byte[] documents)
    {
        for (var at = 0; at < documents.Length; at += BitConverter.ToInt32(documents, at))
            yield return documents[at..(at + BitConverter.ToInt32(documents, at))];
    }

    /// <summary>The file's content, decompressed where it is compressed.</summary>
    public static async Task<byte[]> GunzipAsync(string path) => await GunzipAsync(await File.ReadAllBytesAsync(path, CancellationToken));

    /// <summary>By the platform's own reader.</summary>
    public static async Task<byte[]> GunzipAsync(byte[] bytes)
    {
        if (bytes is not [0x1F, 0x8B, ..])
            return bytes;
        using var plain = new MemoryStream();
        await using var gunzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        await gunzip.CopyToAsync(plain, CancellationToken);
        return plain.ToArray();
    }

    /// <summary>Read run by run and written again as it comes, plain.</summary>
    /// <param name="concurrent">For the new header, when the old one promised less than it kept.</param>
    public static async Task<byte[]> RewriteAsync(byte[] archive, int? concurrent = null)
    {
        await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(archive), leaveOpen: false, CancellationToken);
        var header = reader.Header with { ConcurrentCollections = concurrent ?? reader.Header.ConcurrentCollections };
        using var stream = new MemoryStream();
        await using var writer = await ArchiveWriter.CreateAsync(stream, header, reader.Namespaces, leaveOpen: true, CancellationToken);
        var open = new Dictionary<string, ArchiveCollectionWriter>(StringComparer.Ordinal);
        await foreach (var run in reader.ReadRunsAsync(CancellationToken))
        {
            if (!open.TryGetValue(run.Namespace.FullName, out var collection))
                open.Add(run.Namespace.FullName, collection = writer.BeginNamespace(run.Namespace.Database, run.Namespace.Collection));
            if (run.End is null)
                await collection.WriteAsync(run.Documents, CancellationToken);
            else
                await collection.CompleteAsync(CancellationToken);
        }
        await writer.CompleteAsync(CancellationToken);
        return stream.ToArray();
    }

    /// <summary>Everything the archive holds, by full name.</summary>
    public static async Task<Dictionary<string, byte[]>> ReadAsync(Stream archive)
    {
        await using var reader = await ArchiveReader.OpenAsync(archive, leaveOpen: true, CancellationToken);
        var contents = reader.Namespaces.ToDictionary(one => one.FullName, _ => new MemoryStream(), StringComparer.Ordinal);
        await foreach (var run in reader.ReadRunsAsync(CancellationToken))
            contents[run.Namespace.FullName].Write(run.Documents.Span);
        return contents.ToDictionary(one => one.Key, one => one.Value.ToArray(), StringComparer.Ordinal);
    }
}
