using System.Globalization;
using Dashboard.LocalMongo.Wire;
using MongoDB.Bson;
using Npgsql;

namespace Dashboard.LocalMongo.Commands;

/// <summary>Says in MongoDB's terms what went wrong in the engine or on the way to it.</summary>
internal sealed class ErrorTranslation(Backend backend)
{
    private const string IndexConstraint = "documents_rum_index_";

    public async Task<MongoError> TranslateAsync(Exception exception, Request? request)
    {
        var (code, message) = exception switch
        {
            MongoError e => (e.Code, e.Message),
            PostgresException e => (ErrorCodes.FromSqlState(e.SqlState), await MessageAsync(e, request)),
            NpgsqlException or IOException or ObjectDisposedException => (ErrorCodes.ShutdownInProgress, "The engine is restarting: " + exception.Message),
            OperationCanceledException => (ErrorCodes.ShutdownInProgress, "The server is shutting down."),
            _ => (1, "The gateway failed: " + exception.Message),
        };
        var inTransaction = request is { IsInTransaction: true };
        if (inTransaction && exception is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable }) code = ErrorCodes.WriteConflict;
        var labels = exception is MongoError { Labels.Count: > 0 } labelled ? labelled.Labels : Labels(code, request);
        return new MongoError(code, message, exception) { Labels = labels };
    }

    /// <summary>Write errors carry packed SQLSTATEs; a conflict inside a transaction ends the transaction instead.</summary>
    public static void TranslateWriteErrors(BsonDocument reply, Request request)
    {
        if (!reply.TryGetValue("writeErrors", out var list) || list is not BsonArray writeErrors) return;
        foreach (var error in writeErrors.OfType<BsonDocument>())
        {
            var code = ErrorCodes.FromPacked(error["code"].ToInt32());
            var message = error.GetValue("errmsg", "").ToString() ?? "";
            if (request.IsInTransaction && code is ErrorCodes.WriteConflict or ErrorCodes.LockTimeout)
                throw new MongoError(ErrorCodes.WriteConflict, message) { Labels = [MongoError.TransientTransaction] };
            error["code"] = code;
            if (code == ErrorCodes.DuplicateKey) error["errmsg"] = DuplicateKey(request, IndexNameIn(message));
        }
    }

    public static string DuplicateKey(Request request, string index) =>
        $"E11000 duplicate key error collection: {request.Database}.{request.Collection} index: {index}";

    private static string[] Labels(int code, Request? request)
    {
        if (request is null) return [];
        if (request.IsInTransaction && request.Name is not ("commitTransaction" or "abortTransaction"))
            return code is ErrorCodes.WriteConflict or ErrorCodes.ShutdownInProgress or ErrorCodes.NoSuchTransaction ? [MongoError.TransientTransaction] : [];
        if (request.Name == "commitTransaction" && code == ErrorCodes.WriteConflict) return [MongoError.TransientTransaction];
        return code == ErrorCodes.ShutdownInProgress && (request.IsRetryableWrite || request.IsInTransaction) ? [MongoError.RetryableWrite] : [];
    }

    private async Task<string> MessageAsync(PostgresException e, Request? request)
    {
        if (request is null || e.SqlState is not (PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation)) return e.MessageText;
        return DuplicateKey(request, await IndexNameAsync(e.ConstraintName ?? ""));
    }

    private async Task<string> IndexNameAsync(string constraint)
    {
        if (constraint.StartsWith("collection_pk_", StringComparison.Ordinal)) return "_id_";
        if (!constraint.StartsWith(IndexConstraint, StringComparison.Ordinal)
            || !long.TryParse(constraint.AsSpan(IndexConstraint.Length), CultureInfo.InvariantCulture, out var id)) return constraint;
        const string sql = "SELECT (index_spec).index_name FROM documentdb_api_catalog.collection_indexes WHERE index_id = $1";
        try
        {
            // Not there where it is the creation of this index that fails.
            return await backend.RowAsync(null, sql, [id], CancellationToken.None) is [string name] ? name : constraint;
        }
        catch (NpgsqlException)
        {
            return constraint;
        }
    }

    /// <summary>The engine puts the index's name between quotes.</summary>
    private static string IndexNameIn(string message)
    {
        var quote = message.IndexOfAny(['\'', '"']);
        var end = quote < 0 ? -1 : message.IndexOf(message[quote], quote + 1);
        return end < 0 ? "_id_" : message[(quote + 1)..end];
    }
}
