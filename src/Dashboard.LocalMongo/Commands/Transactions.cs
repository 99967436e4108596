using System.Collections.Concurrent;
using System.Globalization;
using Dashboard.LocalMongo.Wire;

namespace Dashboard.LocalMongo.Commands;

/// <summary>Multi-document transactions: one engine connection each, in a snapshot, from the first command to commit or abort.</summary>
internal sealed class Transactions(Backend backend, TimeProvider timeProvider)
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Transaction> _bySession = new(StringComparer.Ordinal);

    public int Count => _bySession.Values.Count(t => t.IsOpen);

    /// <summary>Begins or finds the transaction of a command; the caller disposes the result when its reply is sent.</summary>
    public async Task<Transaction> EnterAsync(Request request, CancellationToken cancellationToken)
    {
        var (session, number) = KeyOf(request);
        if (request.StartsTransaction) return await BeginAsync(session, number, cancellationToken);

        if (!_bySession.TryGetValue(session, out var transaction)) throw None(number);
        await transaction.EnterAsync(cancellationToken);
        try
        {
            transaction.Require(number);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    public async Task CommitAsync(Request request, CancellationToken cancellationToken)
    {
        var (session, number) = KeyOf(request);
        if (_bySession.TryGetValue(session, out var transaction))
        {
            await transaction.EnterAsync(cancellationToken);
            await using (transaction)
            {
                if (transaction.Number == number && transaction.IsOpen)
                {
                    await transaction.CommitAsync(Key(session, number), cancellationToken);
                    return;
                }
            }
        }

        // The commit may have happened in an engine or gateway that died before it could say so.
        if (!await WasCommittedAsync(Key(session, number), cancellationToken)) throw None(number);
    }

    public async Task AbortAsync(Request request, CancellationToken cancellationToken)
    {
        await using var transaction = await EnterAsync(request, cancellationToken);
        await transaction.RollBackAsync();
    }

    public async Task EndAsync(IEnumerable<string> sessions)
    {
        foreach (var session in sessions)
        {
            if (!_bySession.TryRemove(session, out var transaction)) continue;
            await transaction.EnterAsync(CancellationToken.None);
            await using (transaction) await transaction.RollBackAsync();
        }
    }

    /// <summary>Rolls back what has been idle for a minute.</summary>
    public Task SweepAsync() => EndAsync([.. _bySession.Where(t => timeProvider.GetElapsedTime(t.Value.UsedAt) > IdleLimit).Select(t => t.Key)]);

    public Task EndAllAsync() => EndAsync([.. _bySession.Keys]);

    private async Task<Transaction> BeginAsync(string session, long number, CancellationToken cancellationToken)
    {
        var transaction = _bySession.GetOrAdd(session, _ => new Transaction(timeProvider));
        await transaction.EnterAsync(cancellationToken);
        try
        {
            if (number < transaction.Number)
                throw new MongoError(ErrorCodes.TransactionTooOld, $"Cannot start transaction {number}: the session has begun transaction {transaction.Number}.");
            if (number == transaction.Number)
                throw new MongoError(117, $"Transaction {number} of this session has been started already.");
            await transaction.RollBackAsync();
            await transaction.BeginAsync(number, await backend.OpenForTransactionAsync(cancellationToken), cancellationToken);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> WasCommittedAsync(string key, CancellationToken cancellationToken) =>
        await backend.RowAsync(null, "SELECT id FROM localmongo.commits WHERE id = $1", [key], cancellationToken) is [not null];

    private static (string Session, long Number) KeyOf(Request request) =>
        request is { SessionId: { } session, TransactionNumber: { } number }
            ? (session, number)
            : throw new MongoError(ErrorCodes.InvalidOptions, "A transaction needs lsid and txnNumber.");

    private static string Key(string session, long number) => string.Create(CultureInfo.InvariantCulture, $"{session}:{number}");

    public static MongoError None(long number) =>
        new(ErrorCodes.NoSuchTransaction, $"Given transaction number {number} does not match any in-progress transactions.")
        {
            Labels = [MongoError.TransientTransaction],
        };
}
