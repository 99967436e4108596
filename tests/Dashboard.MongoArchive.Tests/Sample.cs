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

    public static async Task<byte[]> GzipArchiveAsync(byte[] plain)
    {
        using var stream = new MemoryStream();
        await using (var gzip = new GzipArchiveStream(stream, leaveOpen: true))
        {
            await gzip.WriteAsync(plain, CancellationToken);
            await gzip.FlushAsync(CancellationToken);
        }
        return stream.ToArray();
    }

    public static Task<ArchiveReport> VerifyAsync(byte[] archive) => ArchiveVerifier.VerifyAsync(new MemoryStream(archive), CancellationToken);

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
