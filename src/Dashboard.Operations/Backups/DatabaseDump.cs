using System.Collections.Concurrent;
using System.Globalization;
using Dashboard.MongoArchive;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>
/// Copies one database into an archive, several collections at once; documents travel as raw BSON. Collections that restores and
/// verifications work in are left out.
/// </summary>
public sealed class DatabaseDump
{
    private readonly IMongoDatabase _database;
    private readonly ServerKind _server;
    private readonly IReadOnlyList<ListedCollection> _listed;
    private readonly Dictionary<string, CollectionSize> _sizes;
    private readonly DumpOptions _options;
    private readonly ConcurrentDictionary<string, ContentDigest> _digests = new(StringComparer.Ordinal);
    private volatile bool _leftMoment;

    private DatabaseDump(
        IMongoDatabase database, ServerKind server, IReadOnlyList<ListedCollection> listed, Dictionary<string, CollectionSize> sizes, DumpMoment moment, DumpOptions options)
    {
        _database = database;
        _server = server;
        _listed = listed;
        _sizes = sizes;
        Moment = moment;
        _options = options;
        ExpectedDocuments = sizes.Values.Sum(one => one.Documents);
        ExpectedBytes = sizes.Values.Sum(one => one.Bytes);
    }

    public string ServerVersion => _server.Version;

    /// <summary>By the server's own count when it was looked at; writes go on meanwhile.</summary>
    public long ExpectedDocuments { get; }

    /// <summary>Uncompressed BSON, by the server's own figures, which may lag behind.</summary>
    public long ExpectedBytes { get; }

    public int Collections => _listed.Count;

    /// <summary>Tests set another one to meet a server that has forgotten it.</summary>
    internal DumpMoment Moment { get; set; }

    /// <summary>Looks at what there is and takes the moment that the archive will show; reads no documents.</summary>
    /// <exception cref="MongoException">The server did not answer, or refused.</exception>
    public static async Task<DatabaseDump> PrepareAsync(IMongoDatabase database, DumpOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ConcurrentCollections, 1, nameof(options));
        var server = await ServerKind.AskAsync(database, cancellationToken);
        // Before the moment: they are asked for one by one, and a server keeps a moment for some minutes only.
        var asked = await SizesAsync(database, server, cancellationToken);
        var listed = await DatabaseListing.ListAsync(database, withIndexes: true, cancellationToken);
        // Right after the listing: a collection that came in between would be in the moment and not in the list.
        var probe = listed.FirstOrDefault(one => one is { Namespace.IsView: false, IsCapped: false })?.Namespace;
        var moment = options.Consistency == Consistency.Snapshot
            ? await DumpMoment.AskAsync(database, probe is null ? null : server.PhysicalName(probe.Collection, probe.IsTimeSeries), cancellationToken)
            : new DumpMoment(null, null);
        var sizes = listed.Where(one => !one.Namespace.IsView).Select(one => one.Namespace.Collection)
            .ToDictionary(name => name, name => asked.GetValueOrDefault(name) ?? CollectionSize.Unknown, StringComparer.Ordinal);
        return new DatabaseDump(database, server, listed, sizes, moment, options);
    }

    private static async Task<Dictionary<string, CollectionSize>> SizesAsync(IMongoDatabase database, ServerKind server, CancellationToken cancellationToken)
    {
        var sizes = new Dictionary<string, CollectionSize>(StringComparer.Ordinal);
        foreach (var one in (await DatabaseListing.ListAsync(database, withIndexes: false, cancellationToken)).Where(one => !one.Namespace.IsView))
            sizes[one.Namespace.Collection] = await CollectionSize.AskAsync(database, server.PhysicalName(one.Namespace.Collection, one.Namespace.IsTimeSeries), cancellationToken);
        return sizes;
    }

    /// <summary>Writes the whole archive; it is complete only when this returns. May be called once.</summary>
    /// <exception cref="CopyException">A collection was dropped or made anew meanwhile, or the server no longer keeps the moment.</exception>
    /// <exception cref="MongoException">The server stopped answering.</exception>
    public async Task<DumpResult> WriteAsync(Stream destination, CopyReports reports, CancellationToken cancellationToken)
    {
        if (Moment.WhyNone is { } why)
            reports.Warn($"Each collection is read by itself, not all at one moment: {why}.");
        var header = new ArchiveHeader(_options.ConcurrentCollections, ServerVersion, ToolVersion);
        await using var archive = await ArchiveWriter.CreateAsync(destination, header, _listed.Select(one => one.Namespace), leaveOpen: true, cancellationToken);
        var parts = _listed.Where(one => !one.Namespace.IsView).Select(one => (one.Namespace, Part: new CopyPart(one.Namespace.Collection, _sizes[one.Namespace.Collection]))).ToList();
        var meter = new CopyMeter(reports, [.. parts.Select(one => one.Part)]);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.ConcurrentCollections, CancellationToken = cancellationToken };
        // The largest first, so that no large one is left over alone at the end.
        var inOrder = parts.OrderByDescending(one => one.Part.Expected.Bytes);
        await Parallel.ForEachAsync(inOrder, parallel, async (one, token) => await CopyAsync(one.Namespace, one.Part, archive, meter, reports, token));
        await ThrowIfChangedAsync(reports, cancellationToken);

        var totals = await archive.CompleteAsync(cancellationToken);
        var isSnapshot = Moment.ClusterTime is not null && !_leftMoment;
        return new DumpResult(
            [.. totals.Zip(_listed, (total, one) => new DumpedCollection(one.Namespace, total, _digests.GetValueOrDefault(total.Collection)))],
            isSnapshot ? Consistency.Snapshot : Consistency.PerCollection,
            isSnapshot ? Moment.ClusterTime : null);
    }

    private static string ToolVersion => $"dashboard-{typeof(DatabaseDump).Assembly.GetName().Version?.ToString(3)}";

    private async Task CopyAsync(ArchiveNamespace announced, CopyPart part, ArchiveWriter archive, CopyMeter meter, CopyReports reports, CancellationToken cancellationToken)
    {
        meter.Begin(part);
        try
        {
            await using var reader = await OpenAsync(announced, reports, cancellationToken);
            var writer = archive.BeginNamespace(announced.Database, announced.Collection);
            var digest = ContentDigest.Empty;
            long documents = 0;
            await foreach (var run in reader.ReadAsync(cancellationToken))
            {
                digest = digest.Append(run.Span);
                await writer.WriteAsync(run, cancellationToken);
                meter.Add(part, reader.Documents - documents, run.Length);
                documents = reader.Documents;
            }

            await writer.CompleteAsync(cancellationToken);
            _digests[announced.Collection] = digest;
            meter.Done(part, writer.Documents, writer.Bytes, string.Create(CultureInfo.InvariantCulture, $", {announced.Indexes.Count} indexes"));
        }
        catch (MongoCommandException refused) when (DumpMoment.IsTooOld(refused))
        {
            throw Moment.TooOld(announced.FullName, refused);
        }
    }

    private async Task<CollectionReader> OpenAsync(ArchiveNamespace announced, CopyReports reports, CancellationToken cancellationToken)
    {
        var reader = NewReader(announced, Moment.ReadConcern);
        try
        {
            await reader.OpenAsync(cancellationToken);
            return reader;
        }
        catch (MongoCommandException refused) when (Moment.ClusterTime is not null && DumpMoment.IsUnavailable(refused))
        {
            await reader.DisposeAsync();
            _leftMoment = true;
            reports.Warn($"{announced.Collection} is read as it is now, not at the moment of the others: this server cannot read it at a moment (capped, or changed in its definition).");
            return NewReader(announced, readConcern: null);
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    private CollectionReader NewReader(ArchiveNamespace announced, BsonDocument? readConcern) => new(
        _database,
        _server.PhysicalName(announced.Collection, announced.IsTimeSeries),
        readConcern,
        rawData: announced.IsTimeSeries && _server.HasViewlessTimeSeries);

    /// <summary>A cursor on a dropped collection may just end, and one on its successor reads other data: neither must pass for a backup.</summary>
    private async Task ThrowIfChangedAsync(CopyReports reports, CancellationToken cancellationToken)
    {
        var now = (await DatabaseListing.ListAsync(_database, withIndexes: false, cancellationToken)).ToDictionary(one => one.Namespace.Collection, StringComparer.Ordinal);
        foreach (var before in _listed)
        {
            var name = before.Namespace.FullName;
            if (!now.Remove(before.Namespace.Collection, out var after))
                throw new CopyException($"{name} was dropped or renamed while the database was read, so the archive would be of no one state. Start again when nothing changes collections.", name);
            if (before.Uuid is not null && before.Uuid != after.Uuid)
                throw new CopyException($"{name} was dropped and made anew while the database was read, so the archive would be of no one state. Start again when nothing changes collections.", name);
        }

        if (now.Count > 0)
            reports.Warn($"Not in the archive, because made while the database was read: {string.Join(", ", now.Keys)}.");
    }
}
