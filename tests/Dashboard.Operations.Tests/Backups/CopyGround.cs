using System.Collections.Concurrent;
using Dashboard.MongoArchive;
using Dashboard.Operations.Backups;
using Dashboard.Testing.Mongo;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Tests.Backups;

/// <summary>A database to copy from and one to copy into, and the usual ways to do so.</summary>
public abstract class CopyGround(MongoFixture mongo) : IAsyncLifetime
{
    private readonly TestDatabase _source = mongo.NewDatabase("copy-from");
    private readonly TestDatabase _target = mongo.NewDatabase("copy-to");

    protected static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    protected MongoFixture Mongo => mongo;

    protected IMongoDatabase Source => _source.Database;

    protected IMongoDatabase Target => _target.Database;

    /// <summary>What was logged and warned of.</summary>
    protected ConcurrentQueue<string> Said { get; } = [];

    protected CopyReports Reports => new((_, _) => { }, Said.Enqueue, Said.Enqueue);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _target.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<(byte[] Archive, DumpResult Result)> DumpAsync(DumpOptions? options = null)
    {
        using var archive = new MemoryStream();
        var dump = await DatabaseDump.PrepareAsync(Source, options ?? new DumpOptions(), CancellationToken);
        var result = await dump.WriteAsync(archive, Reports, CancellationToken);
        return (archive.ToArray(), result);
    }

    protected async Task<LoadResult> LoadAsync(byte[] archive, Func<ArchiveNamespace, string?>? nameOf = null, bool mapViews = false)
    {
        await using var reader = await ArchiveReader.OpenAsync(new MemoryStream(archive), leaveOpen: false, CancellationToken);
        return await DatabaseLoad.RunAsync(
            reader, Target, new LoadOptions { NameOf = nameOf ?? (one => one.Collection), MapViews = mapViews }, Reports, CancellationToken);
    }

    protected async Task<IReadOnlyList<string>> DifferencesAsync(LoadResult loaded, bool finished = false, Func<string, string>? map = null)
    {
        var expected = loaded.Collections.Select(one => ExpectedCollection.Of(one, map) with { ComparesExpiry = finished }).ToList();
        var compared = await CollectionComparison.CompareAsync(Target, expected, CopyReports.None, CancellationToken);
        return [.. compared.SelectMany(one => one.Differences)];
    }

    protected Task RunAsync(string command) =>
        Source.RunCommandAsync<BsonDocument>(BsonDocument.Parse(command), cancellationToken: CancellationToken);

    protected async Task InsertAsync(string collection, IEnumerable<BsonDocument> documents) =>
        await Source.GetCollection<BsonDocument>(collection).InsertManyAsync(documents, new InsertManyOptions { BypassDocumentValidation = true }, CancellationToken);

    protected static async Task<IReadOnlyList<BsonDocument>> DocumentsAsync(IMongoDatabase database, string collection) =>
        await database.GetCollection<BsonDocument>(collection).Find(FilterDefinition<BsonDocument>.Empty).SortBy(one => one["_id"]).ToListAsync(CancellationToken);

    protected static IEnumerable<BsonDocument> Numbered(int from, int count, Func<int, BsonDocument>? more = null) =>
        Enumerable.Range(from, count).Select(i => new BsonDocument("_id", i).AddRange(more?.Invoke(i) ?? new BsonDocument("name", $"Held Nr. {i} 🐉")));
}
