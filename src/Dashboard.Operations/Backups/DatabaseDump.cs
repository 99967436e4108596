using System.Globalization;
using Dashboard.MongoArchive;
using Dashboard.Operations.Running;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>Reads one database into an archive, collection by collection; documents travel as the bytes that the server sent.</summary>
internal sealed class DatabaseDump
{
    /// <summary>Documents are handed on in runs of this size, so memory does not depend on the database.</summary>
    private const int RunBytes = 2 << 20;

    private readonly IMongoDatabase _database;
    private readonly IReadOnlyList<ArchiveNamespace> _namespaces;

    private DatabaseDump(IMongoDatabase database, string serverVersion, IReadOnlyList<ArchiveNamespace> namespaces, long expectedDocuments)
    {
        _database = database;
        ServerVersion = serverVersion;
        _namespaces = namespaces;
        ExpectedDocuments = expectedDocuments;
    }

    public string ServerVersion { get; }

    /// <summary>By the server's own count when it was looked at; writes go on meanwhile.</summary>
    public long ExpectedDocuments { get; }

    public int Collections => _namespaces.Count;

    /// <summary>Looks at what there is; reads no documents.</summary>
    public static async Task<DatabaseDump> PrepareAsync(IMongoDatabase database, CancellationToken cancellationToken)
    {
        var build = await database.RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1), cancellationToken: cancellationToken);
        var namespaces = new List<ArchiveNamespace>();
        long documents = 0;
        using var listed = await database.ListCollectionsAsync(cancellationToken: cancellationToken);
        foreach (var collection in (await listed.ToListAsync(cancellationToken)).Where(IsDumped).OrderBy(NameOf, StringComparer.Ordinal))
        {
            var announced = await AnnounceAsync(database, collection, cancellationToken);
            namespaces.Add(announced);
            if (!announced.IsView)
                documents += await Source(database, announced).EstimatedDocumentCountAsync(cancellationToken: cancellationToken);
        }

        return new DatabaseDump(database, build["version"].AsString, namespaces, documents);
    }

    /// <summary>Writes the whole archive; it is complete only when this returns.</summary>
    public async Task<IReadOnlyList<BackupCollection>> WriteAsync(Stream destination, OperationSteps steps, CancellationToken cancellationToken)
    {
        var header = new ArchiveHeader(ConcurrentCollections: 1, ServerVersion, ToolVersion);
        await using var archive = await ArchiveWriter.CreateAsync(destination, header, _namespaces, leaveOpen: true, cancellationToken);
        long done = 0;
        foreach (var announced in _namespaces.Where(announced => !announced.IsView))
        {
            var writer = archive.BeginNamespace(announced.Database, announced.Collection);
            await CopyAsync(announced, writer, () => steps.Report(done + writer.Documents, Math.Max(ExpectedDocuments, done + writer.Documents), "documents"), cancellationToken);
            await writer.CompleteAsync(cancellationToken);
            done += writer.Documents;
            steps.Log(string.Create(CultureInfo.InvariantCulture, $"{announced.Collection}: {writer.Documents:N0} documents, {writer.Bytes:N0} bytes, {announced.Indexes.Count} indexes"));
        }

        var totals = await archive.CompleteAsync(cancellationToken);
        return [.. totals.Join(_namespaces, total => total.Collection, announced => announced.Collection, Describe, StringComparer.Ordinal)];
    }

    private static string ToolVersion => $"dashboard-{typeof(DatabaseDump).Assembly.GetName().Version?.ToString(3)}";

    private async Task CopyAsync(ArchiveNamespace announced, ArchiveCollectionWriter writer, Action report, CancellationToken cancellationToken)
    {
        using var cursor = await Source(_database, announced).FindAsync(
            FilterDefinition<RawBsonDocument>.Empty, new FindOptions<RawBsonDocument> { NoCursorTimeout = false }, cancellationToken);
        using var run = new MemoryStream(RunBytes);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            foreach (var document in cursor.Current)
            {
                using (document)
                    Append(run, document);
                if (run.Length < RunBytes)
                    continue;
                await writer.WriteAsync(run.GetBuffer().AsMemory(0, (int)run.Length), cancellationToken);
                run.SetLength(0);
            }

            report();
        }

        await writer.WriteAsync(run.GetBuffer().AsMemory(0, (int)run.Length), cancellationToken);
        report();
    }

    private static void Append(MemoryStream run, RawBsonDocument document)
    {
        for (var at = 0; at < document.Slice.Length;)
        {
            var bytes = document.Slice.AccessBackingBytes(at);
            run.Write(bytes.Array!, bytes.Offset, bytes.Count);
            at += bytes.Count;
        }
    }

    /// <summary>A time series keeps its data in buckets; that is what an archive holds of it.</summary>
    private static IMongoCollection<RawBsonDocument> Source(IMongoDatabase database, ArchiveNamespace announced) =>
        database.GetCollection<RawBsonDocument>(announced.IsTimeSeries ? "system.buckets." + announced.Collection : announced.Collection);

    private static async Task<ArchiveNamespace> AnnounceAsync(IMongoDatabase database, BsonDocument listed, CancellationToken cancellationToken)
    {
        var name = NameOf(listed);
        var announced = new ArchiveNamespace
        {
            Database = database.DatabaseNamespace.DatabaseName,
            Collection = name,
            Type = listed.GetValue("type", "collection").AsString,
            Options = listed.GetValue("options", new BsonDocument()).AsBsonDocument,
            Uuid = UuidOf(listed),
        };
        if (announced.IsView)
            return announced;
        using var indexes = await database.GetCollection<BsonDocument>(name).Indexes.ListAsync(cancellationToken);
        return announced with { Indexes = await indexes.ToListAsync(cancellationToken) };
    }

    private static Guid? UuidOf(BsonDocument listed) =>
        listed.TryGetValue("info", out var info) && info.AsBsonDocument.TryGetValue("uuid", out var uuid) && uuid is BsonBinaryData { SubType: BsonBinarySubType.UuidStandard } binary
            ? binary.ToGuid()
            : null;

    /// <summary>As mongodump chooses: of the system collections only the stored functions.</summary>
    private static bool IsDumped(BsonDocument listed) =>
        NameOf(listed) is var name && (name == "system.js" || !name.StartsWith("system.", StringComparison.Ordinal));

    private static string NameOf(BsonDocument listed) => listed["name"].AsString;

    private static BackupCollection Describe(NamespaceTotals total, ArchiveNamespace announced) => new(
        total.Collection,
        announced.Type,
        total.Documents,
        total.Bytes,
        total.Crc.ToString("x16", CultureInfo.InvariantCulture),
        [.. announced.Indexes.Select(index => index["name"].AsString)]);
}
