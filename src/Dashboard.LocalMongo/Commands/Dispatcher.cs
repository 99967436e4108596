using System.Collections.Frozen;
using Dashboard.LocalMongo.Wire;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Dashboard.LocalMongo.Commands;

/// <summary>Finds a command's handler, gives it its transaction and time limit, and turns every failure into MongoDB's answer.</summary>
internal sealed partial class Dispatcher(
    FrozenDictionary<string, CommandHandler> handlers, Backend backend, Transactions transactions, ErrorTranslation errors, TimeProvider timeProvider, ILogger logger)
{
    private static readonly FrozenSet<string> AllowedInTransaction = FrozenSet.ToFrozenSet(
        ["find", "aggregate", "distinct", "insert", "update", "delete", "findAndModify", "getMore", "killCursors", "create", "createIndexes"],
        StringComparer.Ordinal);

    public async Task<Reply> RunAsync(WireMessage message, int connectionId, CancellationToken stopping)
    {
        Request? request = null;
        try
        {
            request = new Request(message, connectionId, timeProvider.GetUtcNow());
            if (!handlers.TryGetValue(request.Name, out var handler))
                throw new MongoError(ErrorCodes.CommandNotFound, $"no such command: '{request.Name}'");
            RefuseWhatIsNotMeant(request);
            return await RunInTimeAsync(request, handler, stopping);
        }
#pragma warning disable CA1031 // Every failure has an answer; bugs are logged as such.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Reply.Of(await TranslateAsync(e, request));
        }
    }

    private async Task<Reply> RunInTimeAsync(Request request, CommandHandler handler, CancellationToken stopping)
    {
        // A getMore's maxTimeMS is how long a tailable cursor may wait, not a limit.
        var limit = request.Name == "getMore" ? null : request.Body.Number("maxTimeMS");
        if (limit is null or <= 0) return await RunInTransactionAsync(request, handler, stopping);

        using var time = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        time.CancelAfter(TimeSpan.FromMilliseconds(Math.Min(limit.Value, int.MaxValue)));
        try
        {
            return await RunInTransactionAsync(request, handler, time.Token);
        }
        catch (OperationCanceledException e) when (!stopping.IsCancellationRequested)
        {
            throw new MongoError(ErrorCodes.MaxTimeExpired, "operation exceeded time limit", e);
        }
    }

    private async Task<Reply> RunInTransactionAsync(Request request, CommandHandler handler, CancellationToken cancellationToken)
    {
        if (!request.IsInTransaction || request.Name is "commitTransaction" or "abortTransaction")
            return await handler(new CommandContext(request, backend, pinned: null, cancellationToken));

        var transaction = await transactions.EnterAsync(request, cancellationToken);
        try
        {
            var context = new CommandContext(request, backend, transaction.Connection, cancellationToken);
            var reply = await handler(context);
            if (context.HasFailed) await transaction.RollBackAsync();
            if (reply.Stream is { } stream) return new Reply(stream, reply.Length, new Sequel(reply, transaction));
            await transaction.DisposeAsync();
            return reply;
        }
        catch
        {
            // After an error PostgreSQL refuses every further statement of the transaction.
            await transaction.RollBackAsync();
            await transaction.DisposeAsync();
            throw;
        }
    }

    private static void RefuseWhatIsNotMeant(Request request)
    {
        if (request.IsInTransaction && request.Name is not ("commitTransaction" or "abortTransaction") && !AllowedInTransaction.Contains(request.Name))
        {
            throw new MongoError(
                ErrorCodes.OperationNotSupportedInTransaction, $"Cannot run '{request.Name}' in a multi-document transaction.")
            {
                Labels = [MongoError.TransientTransaction],
            };
        }

        // Pages after the first would come from later states: better no answer than a wrong one.
        if (!request.IsInTransaction && request.Body.Document("readConcern")?.Text("level") == "snapshot")
        {
            throw new MongoError(
                ErrorCodes.InvalidOptions, $"readConcern level snapshot is not supported by '{request.Name}' outside a transaction here; read in a transaction.");
        }
    }

    private async Task<MongoError> TranslateAsync(Exception exception, Request? request)
    {
        var error = await errors.TranslateAsync(exception, request);
        if (error.Code == ErrorCodes.ShutdownInProgress) backend.ForgetIdleConnections();
        if (exception is not (MongoError or NpgsqlException or OperationCanceledException)) LogBug(exception, request?.Name);
        else LogRefusal(request?.Name, error.Code, error.Message);
        return error;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The command {Command} failed inside the gateway")]
    private partial void LogBug(Exception exception, string? command);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The command {Command} was answered with error {Code}: {Error}")]
    private partial void LogRefusal(string? command, int code, string error);

    /// <summary>Leaves the transaction once the streamed page is through.</summary>
    private sealed class Sequel(Reply reply, Transaction transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await reply.DisposeAsync();
            await transaction.DisposeAsync();
        }
    }
}

internal delegate Task<Reply> CommandHandler(CommandContext context);
