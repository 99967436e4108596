using System.Collections.Concurrent;
using Dashboard.LocalMongo.Wire;
using MongoDB.Bson;

namespace Dashboard.LocalMongo.Commands;

/// <summary>
/// Tailable cursors, which the engine has not: each page is a new query for what came after the last _id.
/// Right for growing _ids and for writes through this gateway, which is what a job queue's notifications are.
/// </summary>
internal sealed class TailableCursors(TimeProvider timeProvider)
{
    private const int DefaultBatch = 101;

    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<long, Tail> _open = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    // Ids of its own range: the engine's are random 62-bit numbers.
    private long _lastId = 1L << 40;
    private volatile bool _stopped;

    public bool Has(long id) => _open.ContainsKey(id);

    public IReadOnlyList<long> Kill(IEnumerable<long> ids) => [.. ids.Where(id => _open.TryRemove(id, out _))];

    /// <summary>Ends all waiting, now and from now on, with empty pages.</summary>
    public void Stop()
    {
        _stopped = true;
        foreach (var waiting in _waiting.Values) waiting.TrySetResult();
    }

    /// <summary>Wakes the cursors that wait for a write into this collection.</summary>
    public void Notify(string database, string collection)
    {
        if (_waiting.TryRemove($"{database}.{collection}", out var waiting)) waiting.TrySetResult();
    }

    public void Sweep()
    {
        foreach (var (id, tail) in _open)
        {
            if (timeProvider.GetElapsedTime(tail.UsedAt) > IdleLimit) _open.TryRemove(id, out _);
        }
    }

    public async Task<Reply> OpenAsync(CommandContext context)
    {
        var tail = new Tail(context.Database, context.Request.Collection, context.Request.Body.ToDocument(), timeProvider.GetTimestamp());
        var documents = await QueryAsync(tail, tail.Command.GetValue("batchSize", DefaultBatch).ToInt32(), context);
        var id = Interlocked.Increment(ref _lastId);
        _open[id] = tail;
        return Page(tail, id, "firstBatch", documents);
    }

    public async Task<Reply> NextAsync(long id, CommandContext context)
    {
        // Out of the map while it waits, as with every cursor.
        if (!_open.TryRemove(id, out var tail)) throw Cursors.NotFound(id);
        var batch = (int)(context.Request.Body.Number("batchSize") ?? DefaultBatch);
        var wait = context.Request.Body.Number("maxTimeMS") is { } limit ? TimeSpan.FromMilliseconds(limit) : DefaultWait;
        var started = timeProvider.GetTimestamp();
        while (true)
        {
            // Waiting begins before the query, or a write between the two would be missed.
            var written = _waiting.GetOrAdd(tail.Namespace, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            var documents = await QueryAsync(tail, batch, context);
            var left = wait - timeProvider.GetElapsedTime(started);
            if (documents.Count > 0 || left <= TimeSpan.Zero || _stopped || !tail.Command.GetValue("awaitData", false).ToBoolean())
            {
                _open[id] = tail;
                tail.UsedAt = timeProvider.GetTimestamp();
                return Page(tail, id, "nextBatch", documents);
            }

            try
            {
                await written.WaitAsync(left, timeProvider, context.CancellationToken);
            }
            catch (TimeoutException)
            {
                // One more look, and then the empty page.
            }
        }
    }

    private static async Task<BsonArray> QueryAsync(Tail tail, int batch, CommandContext context)
    {
        if (batch == 0) return [];
        var find = new BsonDocument(tail.Command) { ["filter"] = tail.Filter(), ["sort"] = new BsonDocument("_id", 1), ["singleBatch"] = true, ["batchSize"] = batch };
        foreach (var name in (string[])["tailable", "awaitData", "lsid", "txnNumber", "noCursorTimeout", "$clusterTime"]) find.Remove(name);
        var reply = await context.DocumentAsync(
            "SELECT cursorpage::bytea FROM documentdb_api.find_cursor_first_page($1, $2)", tail.Database, (ReadOnlyMemory<byte>)find.ToBson());
        var documents = reply["cursor"]["firstBatch"].AsBsonArray;
        if (documents.Count > 0)
        {
            tail.LastId = documents[^1].AsBsonDocument.GetValue("_id", null)
                ?? throw new MongoError(ErrorCodes.CommandNotSupported, "A tailable cursor needs _id in its projection here.");
        }

        return documents;
    }

    private static Reply Page(Tail tail, long id, string batch, BsonArray documents) =>
        Reply.Of(new BsonDocument("cursor", new BsonDocument { { batch, documents }, { "id", id }, { "ns", tail.Namespace } }));

    private sealed class Tail(string database, string collection, BsonDocument command, long usedAt)
    {
        public string Database => database;

        public string Namespace { get; } = $"{database}.{collection}";

        public BsonDocument Command => command;

        public BsonValue? LastId { get; set; }

        public long UsedAt { get; set; } = usedAt;

        public BsonDocument Filter()
        {
            var asked = command.GetValue("filter", new BsonDocument()).AsBsonDocument;
            return LastId is null ? asked : new BsonDocument("$and", new BsonArray { asked, new BsonDocument("_id", new BsonDocument("$gt", LastId)) });
        }
    }
}
