using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Dashboard.Operations.Backups;

/// <summary>
/// Reads a collection as raw BSON: no document becomes an object, and the next batch is fetched while the last one is used.
/// A batch has some MiB whatever the size of the documents, so memory is bounded by two batches.
/// </summary>
/// <param name="database">The cursor is asked for on its primary.</param>
/// <param name="collection">As the server keeps it: of a time series its buckets.</param>
/// <param name="readConcern">Null: the server's default.</param>
/// <param name="rawData">The collection is a time series of a server that keeps buckets under the series' own name.</param>
/// <param name="question">Filter and sort, where not all is wanted.</param>
/// <param name="firstBatch">Documents; more of them where it is known that all are wanted.</param>
internal sealed class CollectionReader(IMongoDatabase database, string collection, BsonDocument? readConcern = null, bool rawData = false, BsonDocument? question = null, int firstBatch = CollectionReader.FewDocuments)
    : IAsyncDisposable
{
    /// <summary>Enough to learn their size from, and for a page of them.</summary>
    public const int FewDocuments = 256;

    private const int TargetBytes = 2 << 20;
    private const int BufferBytes = 4 << 20;
    private const int SmallBytes = 64 << 10;
    private const int MaxBatch = 50_000;

    private readonly CursorBatch[] _batches = [new(), new()];
    private IClientSessionHandle? _session;
    private Task<CursorBatch>? _next;
    private long _cursor;
    private int _turn;

    /// <summary>Handed out so far.</summary>
    public long Documents { get; private set; }

    /// <summary>Asks for the first batch and waits for it; what the server has against reading at all comes out here, before anything was handed out.</summary>
    public Task OpenAsync(CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        return _next!;
    }

    /// <summary>Asks for the first batch, which is waited for where it is used.</summary>
    public void Begin(CancellationToken cancellationToken) => _next = FirstAsync(cancellationToken);

    /// <summary>Whole documents one after another; the memory is valid until the next run is asked for.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_next is null)
            Begin(cancellationToken);
        while (_next is not null)
        {
            var batch = await _next;
            _next = batch.CursorId == 0 ? null : FetchAsync(More(batch), cancellationToken);
            Documents += batch.Count;
            if (batch.Count > 0)
                yield return batch.Documents;
        }
    }

    /// <summary>
    /// Leaves no cursor behind, as far as the server still answers, and gives the buffers back: a database of many collections would else leave them to a
    /// collector that comes seldom for large ones.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _session?.Dispose();
        foreach (var batch in _batches)
            batch.Free();
    }

    private async Task<CursorBatch> FirstAsync(CancellationToken cancellationToken)
    {
        // The server gives more of a cursor only to the session that opened it.
        _session = await database.Client.StartSessionAsync(new ClientSessionOptions { CausalConsistency = false }, cancellationToken);
        var find = new BsonDocument { { "find", collection }, { "batchSize", firstBatch } };
        if (question is not null)
            find.Merge(question);
        if (rawData)
            find.Add("rawData", true);
        if (readConcern is not null)
            find.Add("readConcern", readConcern);
        return await FetchAsync(find, cancellationToken);
    }

    private BsonDocument More(CursorBatch last)
    {
        var average = Math.Max(1, last.Documents.Length / Math.Max(1, last.Count));
        return new BsonDocument
        {
            { "getMore", last.CursorId },
            { "collection", collection },
            { "batchSize", Math.Clamp(TargetBytes / average, 1, MaxBatch) },
        };
    }

    private async Task<CursorBatch> FetchAsync(BsonDocument command, CancellationToken cancellationToken)
    {
        var batch = _batches[_turn ^= 1];
        using var reply = await database.RunCommandAsync<RawBsonDocument>(_session, command, cancellationToken: cancellationToken);
        batch.Take(reply);
        _cursor = batch.CursorId;
        return batch;
    }

    private async Task CloseAsync()
    {
        if (_next is { } fetching)
        {
            _next = null;
            await ((Task)fetching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_cursor == 0)
            return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            var kill = new BsonDocument { { "killCursors", collection }, { "cursors", new BsonArray { _cursor } } };
            await database.RunCommandAsync<BsonDocument>(_session, kill, cancellationToken: patience.Token);
        }
        catch (Exception exception) when (exception is MongoException or TimeoutException or OperationCanceledException)
        {
            // The server ends an idle cursor by itself after ten minutes.
        }
    }

    /// <summary>The documents of one reply, copied out of the driver's memory and pushed together.</summary>
    private sealed class CursorBatch
    {
        private byte[] _buffer = [];
        private int _length;

        public long CursorId { get; private set; }

        public int Count { get; private set; }

        public ReadOnlyMemory<byte> Documents => _buffer.AsMemory(0, _length);

        public void Take(RawBsonDocument reply)
        {
            using var cursor = (RawBsonDocument)reply["cursor"];
            using var documents = (RawBsonArray)(cursor.TryGetValue("nextBatch", out var next) ? next : cursor["firstBatch"]);
            CursorId = cursor["id"].ToInt64();
            var length = documents.Slice.Length;
            if (_buffer.Length < length)
            {
                Free();
                // One size for all but small collections and large documents: a pool keeps what it was given of each size.
                _buffer = ArrayPool<byte>.Shared.Rent(length < SmallBytes ? length : Math.Max(length, BufferBytes));
            }

            documents.Slice.GetBytes(0, _buffer, 0, length);
            PushTogether(length);
        }

        public void Free()
        {
            if (_buffer.Length > 0)
                ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _length, Count) = ([], 0, 0);
        }

        /// <summary>Takes the array's own bytes out from between the documents: each has a type, a running number and a zero before it.</summary>
        private void PushTogether(int length)
        {
            var array = _buffer.AsSpan(0, length);
            (_length, Count) = (0, 0);
            for (var at = 4; array[at] != 0;)
            {
                if (array[at] != (byte)BsonType.Document)
                    throw new InvalidDataException($"The server's batch holds an element of type {array[at]} where documents belong.");
                at += array[at..].IndexOf((byte)0) + 1;
                var size = BinaryPrimitives.ReadInt32LittleEndian(array[at..]);
                array.Slice(at, size).CopyTo(array[_length..]);
                _length += size;
                at += size;
                Count++;
            }
        }
    }
}
