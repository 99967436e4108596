using System.Collections.Concurrent;
using Dashboard.LocalMongo.Wire;

namespace Dashboard.LocalMongo.Commands;

/// <summary>The open cursors; an entry is out of the map while its next page is fetched, so that two cannot fetch it at once.</summary>
internal sealed class Cursors(Backend backend, TimeProvider timeProvider)
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<long, Entry> _open = new();

    public int Count => _open.Count;

    /// <summary>Keeps what continues the cursor after <paramref name="page"/>, if anything.</summary>
    public Reply Keep(string database, CursorPage page)
    {
        if (page.Continuation is { } continuation) Put(page.CursorId, database, continuation);
        return page.Reply;
    }

    public void Put(long id, string database, byte[] continuation) =>
        _open[id] = new Entry(database, continuation, timeProvider.GetTimestamp());

    public (string Database, byte[] Continuation) Take(long id) =>
        _open.TryRemove(id, out var entry) ? (entry.Database, entry.Continuation) : throw NotFound(id);

    public bool Has(long id) => _open.ContainsKey(id);

    public async Task<IReadOnlyList<long>> KillAsync(IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var known = ids.Where(id => _open.TryRemove(id, out _)).ToArray();
        if (known.Length > 0)
            await backend.RowAsync(null, "SELECT documentdb_api_internal.delete_cursors($1)::bytea", [known], cancellationToken);
        return known;
    }

    /// <summary>Drops the cursors that no client has asked for in ten minutes, as MongoDB does.</summary>
    public Task SweepAsync(CancellationToken cancellationToken) =>
        KillAsync([.. _open.Where(e => timeProvider.GetElapsedTime(e.Value.UsedAt) > IdleLimit).Select(e => e.Key)], cancellationToken);

    public static MongoError NotFound(long id) => new(ErrorCodes.CursorNotFound, $"cursor id {id} not found");

    private sealed record Entry(string Database, byte[] Continuation, long UsedAt);
}
