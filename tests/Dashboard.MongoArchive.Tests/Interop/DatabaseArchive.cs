using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.MongoArchive.Tests.Interop;

/// <summary>A database of the test server as an archive sees it, and as one of ours.</summary>
internal sealed class DatabaseArchive(string database)
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private IMongoDatabase Database { get; } = TestServer.Client.GetDatabase(database);

    public async Task FillAsync(InteropCase one)
    {
        foreach (var command in one.Commands)
            await Database.RunCommandAsync<BsonDocument>(BsonDocument.Parse(command), cancellationToken: CancellationToken);
        foreach (var (collection, documents) in one.Documents)
        {
            // A command of its own for each batch: the driver would order the names of fields.
            foreach (var batch in documents.Chunk(1000))
            {
                var insert = new BsonDocument { { "insert", collection }, { "documents", new BsonArray(batch) } };
                var reply = await Database.RunCommandAsync<BsonDocument>(insert, cancellationToken: CancellationToken);
                Assert.False(reply.Contains("writeErrors"), reply.ToString());
            }
        }
    }

    /// <summary>Everything but the server's own, by name.</summary>
    public async Task<List<ArchiveNamespace>> NamespacesAsync()
    {
        var listed = await (await Database.ListCollectionsAsync(cancellationToken: CancellationToken)).ToListAsync(CancellationToken);
        var namespaces = new List<ArchiveNamespace>();
        foreach (var one in listed.Where(one => !one["name"].AsString.StartsWith("system.", StringComparison.Ordinal)))
        {
            var isView = one["type"] == "view";
            var indexes = isView ? null : await Database.GetCollection<BsonDocument>(one["name"].AsString).Indexes.ListAsync(CancellationToken);
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

    /// <summary>The raw documents, of a time series its buckets.</summary>
    public async Task<List<byte[]>> DocumentsAsync(ArchiveNamespace one)
    {
        using var cursor = await Raw(one).FindAsync(FilterDefinition<RawBsonDocument>.Empty, cancellationToken: CancellationToken);
        return (await cursor.ToListAsync(CancellationToken)).ConvertAll(Bytes);
    }

    /// <summary>Options, indexes and documents, comparable with those of a database that was restored from it.</summary>
    public async Task<string> DescribeAsync()
    {
        var described = new List<string>();
        foreach (var one in await NamespacesAsync())
        {
            var documents = one.IsView ? [] : await DocumentsAsync(one);
            described.Add($"{Describe(one)}\n    {documents.Count} documents, {ContentDigest.Of(Sample.Join(documents))}");
        }
        return string.Join('\n', described);
    }

    /// <summary>
    /// All but the UUID, which a restore makes anew, with indexes in an order of their own, since mongorestore keeps none, and
    /// so with the options at every depth: mongodump 100.7.0 shuffles them.
    /// </summary>
    public static string Describe(ArchiveNamespace one) =>
        $"{one.Collection} {one.Type} {Sorted(one.Options).ToJson()} {string.Join(' ', one.Indexes.Select(index => index.ToJson()).Order(StringComparer.Ordinal))}";

    private static BsonValue Sorted(BsonValue value) => value switch
    {
        BsonDocument document => new BsonDocument(document.OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => new BsonElement(member.Name, Sorted(member.Value)))),
        BsonArray array => new BsonArray(array.Select(Sorted)),
        _ => value,
    };

    /// <summary>Writes the database with our writer, several collections at once where there are several.</summary>
    public async Task<IReadOnlyList<NamespaceTotals>> WriteAsync(Stream stream, bool compress)
    {
        var namespaces = await NamespacesAsync();
        await using var gzip = new GzipArchiveStream(stream, leaveOpen: true);
        var header = new ArchiveHeader(2, await TestServer.VersionAsync(CancellationToken), "dashboard-test");
        await using var archive = await ArchiveWriter.CreateAsync(compress ? gzip : stream, header, namespaces, leaveOpen: true, CancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = CancellationToken };
        await Parallel.ForEachAsync(namespaces.Where(one => !one.IsView), options, async (one, token) =>
        {
            var collection = archive.BeginNamespace(one.Database, one.Collection);
            using var cursor = await Raw(one).FindAsync(FilterDefinition<RawBsonDocument>.Empty, new FindOptions<RawBsonDocument> { BatchSize = 500 }, token);
            while (await cursor.MoveNextAsync(token))
                await collection.WriteAsync(Sample.Join(cursor.Current.Select(Bytes)), token);
            await collection.CompleteAsync(token);
        });
        return await archive.CompleteAsync(CancellationToken);
    }

    private IMongoCollection<RawBsonDocument> Raw(ArchiveNamespace one) =>
        Database.GetCollection<RawBsonDocument>(one.IsTimeSeries ? "system.buckets." + one.Collection : one.Collection);

    private static byte[] Bytes(RawBsonDocument document)
    {
        var bytes = new byte[document.Slice.Length];
        document.Slice.GetBytes(0, bytes, 0, bytes.Length);
        return bytes;
    }
}
