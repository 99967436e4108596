using System.Collections.Concurrent;
using Dashboard.Operations.Storage;

namespace Dashboard.Operations.Access;

/// <summary>
/// The living sessions, read at most every two seconds however many open pages ask whether theirs is still one. While the database is away the last
/// ones stay: nobody's rights can change where they are kept, and nothing can be done.
/// </summary>
public sealed class SessionRoll(Sessions sessions, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _turn = new(1);
    private Dictionary<string, LiveSession> _live = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LiveSession> _seen = new(StringComparer.Ordinal);
    private DateTimeOffset? _readAt;

    /// <summary>Null when it is over.</summary>
    public async Task<LiveSession?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);

        // It may have begun since the last reading.
        return LastKnown(id) ?? await sessions.LookAsync(id, cancellationToken);
    }

    /// <summary>As it was when the database was last read.</summary>
    public LiveSession? LastKnown(string id) => _live.GetValueOrDefault(id) ?? _seen.GetValueOrDefault(id);

    /// <summary>What a request has just read of it; null when it is over.</summary>
    public void Saw(string id, LiveSession? live)
    {
        if (live is null)
            _seen.TryRemove(id, out _);
        else
            _seen[id] = live;
    }

    public void Dispose() => _turn.Dispose();

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_readAt is null || time.GetUtcNow() - _readAt >= Fresh)
                await ReadAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            _live = (await sessions.LiveAsync(cancellationToken)).ToDictionary(live => live.Session.Id, StringComparer.Ordinal);
            _seen.Clear();
            _readAt = time.GetUtcNow();
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            _readAt = time.GetUtcNow();
        }
    }
}
