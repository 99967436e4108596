using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.MongoArchive.Tests;

/// <summary>Archives of ours restored by mongorestore 100.7.0, and archives of mongodump 100.7.0 read by us.</summary>
public sealed class GenuineToolsTests(SampleDatabase sample) : IClassFixture<SampleDatabase>, IAsyncLifetime
{
    private readonly string _source = sample.Name;
    private readonly string _target = $"archive_{Guid.NewGuid():N}";
    private readonly string _folder = Directory.CreateTempSubdirectory("archive-").FullName;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await TestServer.Client.DropDatabaseAsync(_target);
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Mongorestore_restores_our_archive_with_equal_options_indexes_and_documents(bool compress)
    {
        var path = Path.Combine(_folder, "ours");
        var totals = await WriteAsync(path, compress);

        string[] gzip = compress ? ["--gzip"] : [];
        var said = await TestServer.RunToolAsync(
            "mongorestore", CancellationToken, [.. gzip, $"--archive={path}", "--nsFrom", $"{_source}.*", "--nsTo", $"{_target}.*"]);

        Assert.Contains($"{totals.Sum(one => one.Documents)} document(s) restored successfully. 0 document(s) failed", said, StringComparison.Ordinal);
        var source = await NamespacesAsync(_source);
        var target = await NamespacesAsync(_target);
        Assert.Equal(Describe(source), Describe(target));
        foreach (var one in source.Where(one => !one.IsView))
            Assert.Equal(await DocumentsAsync(_source, one.Collection), await DocumentsAsync(_target, one.Collection));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Our_reader_finds_in_an_archive_of_mongodump_what_is_in_the_database(bool compress)
    {
        var path = Path.Combine(_folder, "theirs");
        string[] gzip = compress ? ["--gzip"] : [];
        await TestServer.RunToolAsync("mongodump", CancellationToken, [.. gzip, $"--archive={path}", "--db", _source]);

        await using var file = File.OpenRead(path);
        var report = await ArchiveVerifier.VerifyAsync(file, CancellationToken);
        file.Position = 0;
        var contents = await Sample.ReadAsync(file);

        Assert.Equal(compress, report.IsGzip);
        Assert.Equal("100.7.0", report.Header.ToolVersion);
        var source = await NamespacesAsync(_source);
        Assert.Equal(Describe(source), Describe(report.Announced.OrderBy(one => one.Collection, StringComparer.Ordinal)));
        foreach (var one in source.Where(one => !one.IsView))
            Assert.Equal(await DocumentsAsync(_source, one.Collection), Sorted(contents[one.FullName]));
    }

    [Fact]
    public async Task Our_metadata_is_that_of_mongodump_byte_for_byte()
    {
        var theirs = Path.Combine(_folder, "theirs");
        var ours = Path.Combine(_folder, "ours");
        await TestServer.RunToolAsync("mongodump", CancellationToken, $"--archive={theirs}", "--db", _source);
        await WriteAsync(ours, compress: false);

        Assert.Equal(await EntriesAsync(theirs), await EntriesAsync(ours));
    }

    /// <summary>The prelude's documents of collections as they stand, after the header, in one order; of views 100.7.0 shuffles the options.</summary>
    private static async Task<List<string>> EntriesAsync(string path)
    {
        var archive = await File.ReadAllBytesAsync(path, CancellationToken);
        var entries = new List<string>();
        for (var at = 4; BitConverter.ToInt32(archive, at) is > 0 and var length; at += length)
        {
            if (archive.AsSpan(at, length).IndexOf("\"viewOn\""u8) < 0)
                entries.Add(Convert.ToHexString(archive, at, length));
        }
        return [.. entries.Skip(1).Order(StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<NamespaceTotals>> WriteAsync(string path, bool compress)
    {
        var namespaces = await NamespacesAsync(_source);
        await using var file = File.Create(path);
        await using var gzip = new GzipArchiveStream(file, leaveOpen: true);
        var header = new ArchiveHeader(2, await TestServer.VersionAsync(CancellationToken), "dashboard-test");
        await using var archive = await ArchiveWriter.CreateAsync(compress ? gzip : file, header, namespaces, leaveOpen: true, CancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = CancellationToken };
        await Parallel.ForEachAsync(namespaces.Where(one => !one.IsView), options, async (one, token) =>
        {
            var collection = archive.BeginNamespace(one.Database, one.Collection);
            var find = new FindOptions<RawBsonDocument> { BatchSize = 500 };
            using var cursor = await Collection(_source, one.Collection).FindAsync(FilterDefinition<RawBsonDocument>.Empty, find, token);
            while (await cursor.MoveNextAsync(token))
                await collection.WriteAsync(Sample.Join(cursor.Current.Select(Bytes)), token);
            await collection.CompleteAsync(token);
        });
        return await archive.CompleteAsync(CancellationToken);
    }

    private static async Task<List<ArchiveNamespace>> NamespacesAsync(string database)
    {
        var listed = await (await TestServer.Client.GetDatabase(database).ListCollectionsAsync(cancellationToken: CancellationToken)).ToListAsync(CancellationToken);
        var namespaces = new List<ArchiveNamespace>();
        foreach (var one in listed.Where(one => !one["name"].AsString.StartsWith("system.", StringComparison.Ordinal)))
        {
            var isView = one["type"] == "view";
            var indexes = isView ? null : await Collection(database, one["name"].AsString).Indexes.ListAsync(CancellationToken);
            namespaces.Add(new ArchiveNamespace
            {
                Database = database,
                Collection = one["name"].AsString,
                Type = one["type"].AsString,
                Options = one["options"].AsBsonDocument,
                Indexes = indexes is null ? [] : await indexes.ToListAsync(CancellationToken),
                Uuid = one["info"].AsBsonDocument.TryGetValue("uuid", out var uuid) ? uuid.AsGuid : null,
            });
        }
        return [.. namespaces.OrderBy(one => one.Collection, StringComparer.Ordinal)];
    }

    private static async Task<List<string>> DocumentsAsync(string database, string collection)
    {
        using var cursor = await Collection(database, collection).FindAsync(FilterDefinition<RawBsonDocument>.Empty, cancellationToken: CancellationToken);
        var documents = await cursor.ToListAsync(CancellationToken);
        return [.. documents.Select(one => Fingerprint(Bytes(one))).Order(StringComparer.Ordinal)];
    }

    private static List<string> Sorted(byte[] documents)
    {
        var sorted = new List<string>();
        for (var at = 0; at < documents.Length; at += BitConverter.ToInt32(documents, at))
            sorted.Add(Fingerprint(documents.AsSpan(at, BitConverter.ToInt32(documents, at))));
        sorted.Sort(StringComparer.Ordinal);
        return sorted;
    }

    private static string Fingerprint(ReadOnlySpan<byte> document) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(document));

    private static byte[] Bytes(RawBsonDocument document)
    {
        var bytes = new byte[document.Slice.Length];
        document.Slice.GetBytes(0, bytes, 0, bytes.Length);
        return bytes;
    }

    /// <summary>
    /// All but the UUID, which a restore makes anew, with indexes in an order of their own, since mongorestore keeps none, and
    /// so with the options: mongodump before 100.9.1 shuffles those of views.
    /// </summary>
    private static string Describe(ArchiveNamespace one) =>
        $"{one.Collection} {one.Type} {new BsonDocument(one.Options.OrderBy(option => option.Name, StringComparer.Ordinal)).ToJson()} {string.Join(' ', one.Indexes.Select(index => index.ToJson()).Order(StringComparer.Ordinal))}";

    private static string Describe(IEnumerable<ArchiveNamespace> namespaces) => string.Join('\n', namespaces.Select(Describe));

    private static IMongoCollection<RawBsonDocument> Collection(string database, string collection) =>
        TestServer.Client.GetDatabase(database).GetCollection<RawBsonDocument>(collection);
}
