using System.Data;
using Dashboard.LocalMongo.Wire;
using Npgsql;
using NpgsqlTypes;

namespace Dashboard.LocalMongo.Commands;

/// <summary>The engine's SQL side: pooled connections for single commands, others for transactions.</summary>
internal sealed class Backend(string connectionString, TimeProvider timeProvider) : IAsyncDisposable
{
    // Concurrent upserts of one key deadlock in the unique index's constraint; the engine rolls the whole command back, so it can be repeated.
    private const int MaxAttempts = 20;
    private const int StreamFrom = 64 * 1024;

    private static readonly TimeSpan EngineRestart = TimeSpan.FromSeconds(20);

    private readonly NpgsqlDataSource _pool = NpgsqlDataSource.Create(connectionString);
    private readonly NpgsqlDataSource _transactions = NpgsqlDataSource.Create(connectionString + ";Application Name=localmongo-transactions");

    public Task<NpgsqlConnection> OpenForTransactionAsync(CancellationToken cancellationToken) => OpenAsync(_transactions, cancellationToken);

    /// <summary>The first row's columns (null for NULL); empty where there is no row.</summary>
    public Task<object?[]> RowAsync(NpgsqlConnection? pinned, string sql, object?[] arguments, CancellationToken cancellationToken) =>
        pinned is null
            ? RepeatConflictsAsync(async () =>
            {
                await using var connection = await OpenAsync(_pool, cancellationToken);
                return await ReadRowAsync(connection, sql, arguments, cancellationToken);
            }, cancellationToken)
            : ReadRowAsync(pinned, sql, arguments, cancellationToken);

    /// <summary>
    /// Runs SQL whose columns are continuation, cursor id and page. A big page is left in the engine's socket and streams from there.
    /// </summary>
    public Task<CursorPage> PageAsync(NpgsqlConnection? pinned, string sql, object?[] arguments, CancellationToken cancellationToken) =>
        pinned is null
            ? RepeatConflictsAsync(async () => await ReadPageAsync(await OpenAsync(_pool, cancellationToken), ownsConnection: true, sql, arguments, cancellationToken), cancellationToken)
            : ReadPageAsync(pinned, ownsConnection: false, sql, arguments, cancellationToken);

    /// <summary>After an engine restart every idle connection is dead: drop them at once rather than hand each to a command.</summary>
    public void ForgetIdleConnections()
    {
        _pool.Clear();
        _transactions.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _transactions.DisposeAsync();
    }

    private static async Task<T> RepeatConflictsAsync<T>(Func<Task<T>> run, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await run();
            }
            catch (PostgresException e) when (attempt < MaxAttempts && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
#pragma warning disable CA5394 // Jitter needs no secrecy.
                await Task.Delay(Random.Shared.Next(1, 5 * attempt), cancellationToken);
#pragma warning restore CA5394
            }
        }
    }

    /// <summary>Nothing has been sent yet, so waiting for an engine that restarts is safe and hides the restart from the client.</summary>
    private async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                return await source.OpenConnectionAsync(cancellationToken);
            }
            catch (NpgsqlException e) when (IsAway(e) && timeProvider.GetElapsedTime(started) < EngineRestart)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), timeProvider, cancellationToken);
            }
        }
    }

    private static bool IsAway(NpgsqlException e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.TooManyConnections }
        || e is not PostgresException && e.InnerException is System.Net.Sockets.SocketException or IOException;

    private static async Task<object?[]> ReadRowAsync(NpgsqlConnection connection, string sql, object?[] arguments, CancellationToken cancellationToken)
    {
        await using var command = Prepare(connection, sql, arguments);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        object?[] row = [];
        if (await reader.ReadAsync(cancellationToken))
        {
            row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++) row[i] = await reader.IsDBNullAsync(i, cancellationToken) ? null : reader.GetValue(i);
        }

        // An error may follow the row (a failing commit), and only the end of the results says that the write is durable.
        while (await reader.NextResultAsync(cancellationToken)) { }
        return row;
    }

    private static async Task<CursorPage> ReadPageAsync(
        NpgsqlConnection connection, bool ownsConnection, string sql, object?[] arguments, CancellationToken cancellationToken)
    {
        var owner = new PageSource(ownsConnection ? connection : null);
        try
        {
            owner.Command = Prepare(connection, sql, arguments);
            var reader = owner.Reader = await owner.Command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
            if (!await reader.ReadAsync(cancellationToken)) throw new MongoError(ErrorCodes.CursorNotFound, "The engine returned no page.");
            var continuation = await reader.IsDBNullAsync(0, cancellationToken) ? null : await reader.GetFieldValueAsync<byte[]>(0, cancellationToken);
            var id = await reader.GetFieldValueAsync<long>(1, cancellationToken);
            var stream = await reader.GetStreamAsync(2, cancellationToken);
            if (stream.Length > StreamFrom) return new CursorPage(continuation, id, new Reply(stream, (int)stream.Length, owner));

            var page = new byte[stream.Length];
            await stream.ReadExactlyAsync(page, cancellationToken);
            await stream.DisposeAsync();
            while (await reader.NextResultAsync(cancellationToken)) { }
            await owner.DisposeAsync();
            return new CursorPage(continuation, id, new Reply(page));
        }
        catch
        {
            await owner.DisposeAsync();
            throw;
        }
    }

    private static NpgsqlCommand Prepare(NpgsqlConnection connection, string sql, object?[] arguments)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var argument in arguments) command.Parameters.Add(Parameter(argument));
        return command;
    }

    private static NpgsqlParameter Parameter(object? value) => value switch
    {
        string text => new NpgsqlParameter<string>("", text),
        ReadOnlyMemory<byte> bson => new NpgsqlParameter<ReadOnlyMemory<byte>>("", NpgsqlDbType.Bytea) { TypedValue = bson },
        byte[] bson => new NpgsqlParameter<byte[]>("", bson),
        long[] ids => new NpgsqlParameter<long[]>("", ids),
        double number => new NpgsqlParameter<double>("", number),
        long number => new NpgsqlParameter<long>("", number),
        null => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea, Value = DBNull.Value },
        _ => throw new NotSupportedException($"No SQL parameter is made from {value.GetType()}."),
    };

    private sealed class PageSource(NpgsqlConnection? connection) : IAsyncDisposable
    {
        public NpgsqlCommand? Command { get; set; }

        public NpgsqlDataReader? Reader { get; set; }

        public async ValueTask DisposeAsync()
        {
            if (Reader is not null) await Reader.DisposeAsync();
            if (Command is not null) await Command.DisposeAsync();
            if (connection is not null) await connection.DisposeAsync();
        }
    }
}

/// <summary>A page of a cursor; <paramref name="Continuation"/> is null after the last.</summary>
internal sealed record CursorPage(byte[]? Continuation, long CursorId, Reply Reply);
