using Dashboard.LocalMongo.Wire;
using Npgsql;

namespace Dashboard.LocalMongo.Commands;

/// <summary>The last transaction of one session. Whoever enters has it alone until it is disposed, which leaves it, not ends it.</summary>
internal sealed class Transaction(TimeProvider timeProvider) : IAsyncDisposable
{
#pragma warning disable CA2213 // The object outlives its disposals: they only leave it (see the summary).
    private readonly SemaphoreSlim _gate = new(1);
#pragma warning restore CA2213

    private bool _committed;

    public NpgsqlConnection? Connection { get; private set; }

    public long Number { get; private set; } = -1;

    public bool IsOpen => Connection is not null;

    public long UsedAt { get; private set; } = timeProvider.GetTimestamp();

    public Task EnterAsync(CancellationToken cancellationToken) => _gate.WaitAsync(cancellationToken);

    public void Require(long number)
    {
        if (number == Number && IsOpen) return;
        throw number == Number && _committed
            ? new MongoError(ErrorCodes.TransactionCommitted, $"Transaction {number} has been committed.")
            : Transactions.None(number);
    }

    public async Task BeginAsync(long number, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        Number = number;
        _committed = false;
        Connection = connection;
        // Repeatable read is MongoDB's snapshot, and turns a write conflict into 40001.
        await ExecuteAsync("BEGIN ISOLATION LEVEL REPEATABLE READ", cancellationToken);
    }

    /// <summary>Leaves a record in the same commit, so that a repeated commit after a crash has a true answer.</summary>
    public async Task CommitAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await using (var record = new NpgsqlCommand("INSERT INTO localmongo.commits (id) VALUES ($1)", Connection))
            {
                record.Parameters.Add(new NpgsqlParameter<string>("", key));
                await record.ExecuteNonQueryAsync(cancellationToken);
            }

            await ExecuteAsync("COMMIT", cancellationToken);
            _committed = true;
            await CloseAsync();
        }
        catch
        {
            await RollBackAsync();
            throw;
        }
    }

    public async Task RollBackAsync()
    {
        if (Connection is null) return;
        try
        {
            await ExecuteAsync("ROLLBACK", CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The connection is broken, and the engine has rolled back by itself.
        }

        await CloseAsync();
    }

    public ValueTask DisposeAsync()
    {
        UsedAt = timeProvider.GetTimestamp();
        _gate.Release();
        return ValueTask.CompletedTask;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task CloseAsync()
    {
        if (Connection is { } connection) await connection.DisposeAsync();
        Connection = null;
    }
}
