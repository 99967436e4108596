using System.Reflection;
using System.Security.Cryptography;
using Dashboard.Operations.Faults;
using Dashboard.Operations.Storage;
using MongoDB.Driver;

namespace Dashboard.Operations.Audit;

/// <summary>
/// The hash-chained trail of who did what. An entry's number is the store's key, so of several processes that write the same number one succeeds
/// and the others write after it: there is neither fork nor gap, also when one of them is killed.
/// </summary>
public sealed class AuditTrail(DashboardDatabase database, AuditHeads heads, TimeProvider time) : IDisposable
{
    /// <summary>Whoever waits for an entry is about to act, and would rather be refused than hang.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly string Version =
        typeof(AuditTrail).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private readonly IMongoCollection<AuditEntry> _entries = database.AuditEntries;
    private readonly SemaphoreSlim _turn = new(1);
    private AuditEntry? _tail;

    /// <summary>Returns when the entry is written for good. No action without its entry: call it before, and again with what came of it.</summary>
    /// <exception cref="AuditException">It was not written, or nobody knows; do not act.</exception>
    public async Task<AuditEntry> AppendAsync(AuditFact fact, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var entry = await TakeTurnAsync(fact.Clean(), either.Token);
            heads.Appended(entry);
            return entry;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failure(fact, $"the dashboard's database did not take it within {Patience.TotalSeconds:0} seconds", exception);
        }
        catch (Exception exception) when (StoreFailure.Is(exception))
        {
            throw Failure(fact, StoreFailure.Why(exception), exception);
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<AuditEntry> TakeTurnAsync(AuditFact fact, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await WriteAsync(fact, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<AuditEntry> WriteAsync(AuditFact fact, CancellationToken cancellationToken)
    {
        while (true)
        {
            var entry = EntryAfter(_tail ?? await TailAsync(cancellationToken), fact);
            _tail = null; // Until it is known what became of it.
            try
            {
                await Failpoints.HitAsync(Failpoints.AuditWrites, fact.Action);
                await _entries.InsertOneAsync(entry, cancellationToken: cancellationToken);
                await Failpoints.HitAsync(Failpoints.AuditWritten, fact.Action);
                return _tail = entry;
            }
            catch (MongoWriteException exception) when (exception.WriteError?.Category == ServerErrorCategory.DuplicateKey)
            {
                // The driver sends again when an answer was lost, and may then meet what it wrote itself.
                var there = await _entries.Find(other => other.Sequence == entry.Sequence).FirstOrDefaultAsync(cancellationToken);
                if (there?.Hash == entry.Hash)
                    return _tail = entry;

                // Another process was first; one of all that try always succeeds.
                await Task.Delay(RandomNumberGenerator.GetInt32(1, 8), cancellationToken);
            }
        }
    }

    private async Task<AuditEntry?> TailAsync(CancellationToken cancellationToken) =>
        await _entries.Find(FilterDefinition<AuditEntry>.Empty).SortByDescending(entry => entry.Sequence).FirstOrDefaultAsync(cancellationToken);

    private AuditEntry EntryAfter(AuditEntry? tail, AuditFact fact)
    {
        var entry = new AuditEntry
        {
            Sequence = (tail?.Sequence ?? 0) + 1,
            Ticket = RandomNumberGenerator.GetHexString(24, lowercase: true),
            At = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds()),
            Fact = fact,
            Version = Version,
            PreviousHash = tail?.Hash ?? AuditEntry.NoHash,
            Hash = string.Empty,
        };
        return entry with { Hash = AuditForm.HashOf(entry) };
    }

    private static AuditException Failure(AuditFact fact, string why, Exception exception)
    {
        const string NextStep = "Look whether the dashboard's database runs and has room, then try again.";

        // What comes after an action says that it is done, and then it must not be told as undone.
        return new AuditException(
            fact.Outcome is AuditOutcome.Asked or AuditOutcome.Refused
                ? $"'{fact.Action}' of {fact.Target} was not done, because its audit entry could not be written: {why}. {NextStep}"
                : $"Whether '{fact.Action}' of {fact.Target} was done is not in the audit trail, because the entry could not be written: {why}. Look whether it is. {NextStep}",
            exception);
    }
}
