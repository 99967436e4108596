using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Dashboard.Operations.Audit;

/// <summary>
/// Entries of what comes so often that one for each would drown the trail, such as looks: the first of a kind in a span has one, and where it matters how
/// many there were, one more after the span says so. The database decides which is the first, so that several dashboards agree.
/// </summary>
public sealed partial class AuditTallies(DashboardDatabase database, AuditTrail trail, TimeProvider time, ILogger<AuditTallies> logger) : IDisposable
{
    /// <summary>How many kinds are kept while the database is away.</summary>
    public const int MostWaiting = 2_000;

    private const int AtOnce = 100;
    private static readonly UpdateDefinitionBuilder<AuditTally> Set = Builders<AuditTally>.Update;
    private readonly IMongoCollection<AuditTally> _tallies = database.AuditTallies;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<string, AuditTally> _waiting = new(StringComparer.Ordinal);

    /// <summary>What needs no more asking, until when: a page that reads every three seconds would ask the database each time.</summary>
    private readonly Dictionary<string, DateTimeOffset> _known = new(StringComparer.Ordinal);

    private long _lost;

    /// <summary>Returns at once and never fails: whoever notes goes on, whatever the database does. It is written within a second, or when the database is back.</summary>
    /// <param name="who">By what one is told from others of his name.</param>
    /// <param name="isCounted">It matters how many there were.</param>
    public void Note(AuditFact fact, string who, TimeSpan span, bool isCounted = false)
    {
        var tally = AuditTally.Of(fact.Clean(), who, span, isCounted, time.GetUtcNow());
        lock (_gate)
        {
            if (_known.ContainsKey(tally.Id))
                return;
            if (_waiting.TryGetValue(tally.Id, out var there))
                _waiting[tally.Id] = there with { Count = there.Count + 1 };
            else if (_waiting.Count < MostWaiting)
                _waiting[tally.Id] = tally;
            else
                _lost++;
        }
    }

    /// <summary>The same for what is not done without its entry.</summary>
    /// <exception cref="AuditException">It is not written; do not do it.</exception>
    public async Task TellAsync(AuditFact fact, string who, TimeSpan span, CancellationToken cancellationToken)
    {
        var tally = AuditTally.Of(fact.Clean(), who, span, isCounted: false, time.GetUtcNow());
        if (!await StoreAsync(tally, cancellationToken))
            return;
        try
        {
            await TellFirstAsync(tally, cancellationToken);
        }
        catch (AuditException)
        {
            // So that the next try writes it.
            await _tallies.DeleteOneAsync(other => other.Id == tally.Id && !other.IsTold, cancellationToken);
            throw;
        }
    }

    /// <summary>What was noted since the last time.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var tally in Waiting())
            {
                var isFirst = await StoreAsync(tally, cancellationToken);
                Stored(tally);
                if (isFirst)
                    await TellFirstAsync(tally, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What is over, and what a process left that was killed before it wrote the entry.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var due in await _tallies.Find(tally => tally.NextAt <= now).SortBy(tally => tally.NextAt).Limit(AtOnce).ToListAsync(cancellationToken))
        {
            var claimed = await _tallies.FindOneAndUpdateAsync(
                tally => tally.Id == due.Id && tally.NextAt == due.NextAt, Set.Set(tally => tally.NextAt, now + AuditTally.ClaimLength), cancellationToken: cancellationToken);
            if (claimed is { IsTold: false })
                await TellFirstAsync(claimed, cancellationToken);
            else if (claimed is not null)
                await TellSumAsync(claimed, cancellationToken);
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>True when it is the first of its kind in its span.</summary>
    private async Task<bool> StoreAsync(AuditTally tally, CancellationToken cancellationToken)
    {
        var change = Set
            .Inc(other => other.Count, tally.Count)
            .SetOnInsert(other => other.Fact, tally.Fact)
            .SetOnInsert(other => other.FirstAt, tally.FirstAt)
            .SetOnInsert(other => other.Begins, tally.Begins)
            .SetOnInsert(other => other.Ends, tally.Ends)
            .SetOnInsert(other => other.IsCounted, tally.IsCounted)
            .SetOnInsert(other => other.IsTold, false)
            .SetOnInsert(other => other.NextAt, time.GetUtcNow() + AuditTally.ClaimLength)
            .SetOnInsert(other => other.ExpiresAt, tally.ExpiresAt)
            .SetOnInsert(other => other.SchemaVersion, tally.SchemaVersion);
        for (var isAgain = false; ; isAgain = true)
        {
            try
            {
                return (await _tallies.UpdateOneAsync(other => other.Id == tally.Id, change, new UpdateOptions { IsUpsert = true }, cancellationToken)).UpsertedId is not null;
            }
            catch (MongoWriteException exception) when (!isAgain && exception.WriteError?.Category == ServerErrorCategory.DuplicateKey)
            {
                // Another dashboard was first at the same moment; now there is one to count on.
            }
        }
    }

    private async Task TellFirstAsync(AuditTally tally, CancellationToken cancellationToken)
    {
        await trail.AppendAsync(tally.First(time.GetUtcNow()), cancellationToken);
        await _tallies.UpdateOneAsync(
            other => other.Id == tally.Id, Set.Set(other => other.IsTold, true).Set(other => other.NextAt, tally.NextAfterFirst), cancellationToken: cancellationToken);
    }

    private async Task TellSumAsync(AuditTally tally, CancellationToken cancellationToken)
    {
        if (tally.Count > 1)
            await trail.AppendAsync(tally.Sum, cancellationToken);
        await _tallies.UpdateOneAsync(other => other.Id == tally.Id, Set.Set(other => other.NextAt, null), cancellationToken: cancellationToken);
    }

    private List<AuditTally> Waiting()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var over in _known.Where(known => known.Value <= now).Select(known => known.Key).ToList())
                _known.Remove(over);
            return [.. _waiting.Values];
        }
    }

    private void Stored(AuditTally tally)
    {
        long lost;
        lock (_gate)
        {
            // Meanwhile there may have been more.
            if (_waiting[tally.Id].Count > tally.Count)
                _waiting[tally.Id] = _waiting[tally.Id] with { Count = _waiting[tally.Id].Count - tally.Count };
            else
                _waiting.Remove(tally.Id);
            if (!tally.IsCounted)
                _known[tally.Id] = tally.Ends;
            (lost, _lost) = (_lost, 0);
        }

        if (lost > 0)
            LogLost(logger, lost, MostWaiting);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Lost} looks or posts have no audit entry: the dashboard's database was away, and only {Most} kinds of them are kept meanwhile; look into the request log for who asked")]
    private static partial void LogLost(ILogger logger, long lost, int most);
}
