using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Dashboard.MongoArchive;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>
/// One reading of an archive into collections. No worker belongs to a collection: whatever order an archive has its blocks in and however
/// many it leaves open, the reading waits only for inserts, and an insert waits for nothing but the server.
/// </summary>
internal sealed class LoadRun : IAsyncDisposable
{
    /// <summary>Collections that may gather a batch at one time; one more sends what another has.</summary>
    private const int MaxFilling = 8;

    private readonly IMongoDatabase _target;
    private readonly Dictionary<string, CollectionLoad> _loads;
    private readonly CopyMeter _meter;
    private readonly int _slots;
    private readonly bool _buildsIndexes;
    private readonly ServerKind _server;
    private readonly SemaphoreSlim _inserts;
    private readonly SemaphoreSlim _builds;
    private readonly CancellationTokenSource _stop;
    private readonly List<InsertSession> _sessions = [];
    private readonly ConcurrentBag<InsertSession> _idle = [];
    private readonly ConcurrentBag<InsertBatch> _empty = [];
    private readonly List<CollectionLoad> _filling = [];
    private readonly List<Task> _finishing = [];
    private Exception? _failure;

    private LoadRun(
        IMongoDatabase target, ServerKind server, IEnumerable<CollectionLoad> loads, LoadOptions options, CopyReports reports, CancellationToken cancellationToken)
    {
        _target = target;
        _loads = loads.ToDictionary(load => load.Source.FullName, StringComparer.Ordinal);
        foreach (var load in _loads.Values)
            load.Part = new CopyPart(load.Source.Collection, options.Expected.GetValueOrDefault(load.Source.Collection) ?? CollectionSize.Unknown);
        _meter = new CopyMeter(reports, [.. _loads.Values.Select(load => load.Part)]);
        _slots = options.ConcurrentInserts;
        _buildsIndexes = options.BuildsIndexes;
        _server = server;
        _inserts = new SemaphoreSlim(_slots);
        _builds = new SemaphoreSlim(options.ConcurrentIndexBuilds);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    public static async Task<LoadRun> StartAsync(
        IMongoDatabase target, ServerKind server, IEnumerable<CollectionLoad> loads, LoadOptions options, CopyReports reports, CancellationToken cancellationToken)
    {
        var run = new LoadRun(target, server, loads, options, reports, cancellationToken);
        for (var i = 0; i < options.ConcurrentInserts; i++)
        {
            var session = await target.Client.StartSessionAsync(new ClientSessionOptions { CausalConsistency = false }, cancellationToken);
            run._sessions.Add(new InsertSession(target, session, server.RemembersWrites));
            run._idle.Add(run._sessions[^1]);
        }

        return run;
    }

    /// <summary>Reads the archive to its end and waits for everything that it began.</summary>
    public async Task FillAsync(ArchiveReader archive)
    {
        try
        {
            await foreach (var run in archive.ReadRunsAsync(_stop.Token))
            {
                if (!_loads.TryGetValue(run.Namespace.FullName, out var load))
                    continue;
                if (run.End is { } totals)
                    await EndAsync(load, totals);
                else
                    await AddAsync(load, run.Documents);
            }

            await Task.WhenAll(_finishing);
        }
        catch (OperationCanceledException) when (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    /// <summary>Stops and waits for what is on its way, so that nothing is written any more afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] left = [.. _loads.Values.SelectMany(load => load.Inserting), .. _finishing];
        await Task.WhenAll(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _sessions.ForEach(session => session.Dispose());
        _stop.Dispose();
        _inserts.Dispose();
        _builds.Dispose();
    }

    private async ValueTask AddAsync(CollectionLoad load, ReadOnlyMemory<byte> documents)
    {
        load.Digest = load.Digest.Append(documents.Span);
        while (documents.Length > 0)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(documents.Span);
            if (load.Batch is { } full && !full.HasRoomFor(length))
                await SendAsync(load);
            var batch = load.Batch ?? await BeginBatchAsync(load);
            batch.Append(documents.Span[..length]);
            documents = documents[length..];
        }
    }

    private async ValueTask<InsertBatch> BeginBatchAsync(CollectionLoad load)
    {
        if (_filling.Count >= MaxFilling)
            await SendAsync(_filling.MaxBy(one => one.Batch?.DocumentBytes ?? 0) ?? load);
        var batch = _empty.TryTake(out var used) ? used : new InsertBatch();
        batch.Begin(load.InsertCommand(_server.RemembersWrites));
        load.Batch = batch;
        _filling.Add(load);
        return batch;
    }

    /// <summary>Waits until as much of the inserts' share of memory is free as the batch takes.</summary>
    private async ValueTask SendAsync(CollectionLoad load)
    {
        if (load.Batch is not { } batch)
            return;
        load.Batch = null;
        _filling.Remove(load);
        load.Inserting.RemoveAll(one => one.IsCompleted);
        if (load.IsOrdered)
            await Task.WhenAll(load.Inserting);
        var share = Math.Clamp((batch.DocumentBytes + InsertBatch.TargetBytes - 1) / InsertBatch.TargetBytes, 1, _slots);
        for (var i = 0; i < share; i++)
            await _inserts.WaitAsync(_stop.Token);
        // On a thread of its own: the driver copies the whole batch before it waits for anything.
        load.Inserting.Add(Task.Run(() => GuardAsync(() => InsertAsync(load, batch, share))));
    }

    private async Task InsertAsync(CollectionLoad load, InsertBatch batch, int share)
    {
        if (!_idle.TryTake(out var session))
            throw new InvalidOperationException("There is a session for each insert that may be on its way.");
        try
        {
            await session.SendAsync(batch, load.Source.FullName, _stop.Token);
            _meter.Add(load.Part, batch.Count, batch.DocumentBytes);
        }
        finally
        {
            _idle.Add(session);
            if (batch.IsReusable)
                _empty.Add(batch);
            _inserts.Release(share);
        }
    }

    private async Task EndAsync(CollectionLoad load, NamespaceTotals totals)
    {
        await SendAsync(load);
        load.Totals = totals;
        _finishing.Add(GuardAsync(() => FinishAsync(load, totals)));
    }

    private async Task FinishAsync(CollectionLoad load, NamespaceTotals totals)
    {
        await Task.WhenAll(load.Inserting);
        await _builds.WaitAsync(_stop.Token);
        try
        {
            if (_buildsIndexes)
            {
                _meter.BuildIndexes(load.Part);
                await load.BuildIndexesAsync(_target, _stop.Token);
            }
        }
        finally
        {
            _builds.Release();
        }

        _meter.Done(load.Part, totals.Documents, totals.Bytes, string.Create(CultureInfo.InvariantCulture, $", {(_buildsIndexes ? load.Source.Indexes.Count : 1)} indexes"));
    }

    /// <summary>The first failure stops everything and is the one that is told; what then ends because of it tells nothing new.</summary>
    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (!_stop.IsCancellationRequested)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
            await _stop.CancelAsync();
            throw;
        }
    }
}
