using System.Globalization;
using Dashboard.LocalMongo.Wire;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace Dashboard.LocalMongo.Commands;

internal sealed class WriteCommands(TailableCursors tailable)
{
    public void AddTo(Dictionary<string, CommandHandler> handlers)
    {
        handlers.Add("insert", context => WriteAsync(context, "insert", "documents"));
        handlers.Add("update", context => WriteAsync(context, "update", "updates"));
        handlers.Add("delete", context => WriteAsync(context, "delete", "deletes"));
        handlers.Add("findAndModify", FindAndModifyAsync);
        handlers.Add("findandmodify", FindAndModifyAsync);
    }

    private async Task<Reply> WriteAsync(CommandContext context, string function, string statements)
    {
        var request = context.Request;
        // Without the cast null would become an empty sequence.
        var sequence = request.Sequence.IsEmpty ? null : (object)request.Sequence;
        // The engine's own memory is of one statement: of a batch it would skip the second as a repetition of the first.
        var sql = request.IsRetryableWrite && !IsSingle(request, statements)
            ? RetryRecord.WriteOnce(function)
            : $"SELECT p_result::bytea, p_success FROM documentdb_api.{function}($1, $2, $3, NULLIF($4, ''))";
        var row = await context.RowAsync(sql, context.Database, context.Body, sequence, RetryId(request));
        tailable.Notify(context.Database, request.Collection);
        if (row is not [byte[] result, bool success]) throw new MongoError(1, $"The engine gave no answer to '{request.Name}'.");
        context.HasFailed = !success;
        var asksTooMuch = AsksForMoreServers(request);
        if (success && !asksTooMuch) return new Reply(result);

        var reply = BsonSerializer.Deserialize<BsonDocument>(result);
        ErrorTranslation.TranslateWriteErrors(reply, request);
        if (asksTooMuch) AddWriteConcernError(reply);
        return Reply.Of(reply);
    }

    private async Task<Reply> FindAndModifyAsync(CommandContext context)
    {
        var row = await context.RowAsync(
            "SELECT p_result::bytea FROM documentdb_api.find_and_modify($1, $2, NULLIF($3, ''))", context.Database, context.Body, RetryId(context.Request));
        tailable.Notify(context.Database, context.Request.Collection);
        if (row is not [byte[] result]) throw new MongoError(1, "The engine gave no answer to 'findAndModify'.");
        if (!AsksForMoreServers(context.Request)) return new Reply(result);
        var reply = BsonSerializer.Deserialize<BsonDocument>(result);
        AddWriteConcernError(reply);
        return Reply.Of(reply);
    }

    private static string RetryId(Request request) =>
        request.IsRetryableWrite ? string.Create(CultureInfo.InvariantCulture, $"{request.SessionId}:{request.TransactionNumber}") : "";

    private static bool IsSingle(Request request, string statements)
    {
        if (!request.Sequence.IsEmpty) return RawBson.At(request.Sequence).Bytes.Length == request.Sequence.Length;
        if (request.Body.Document(statements) is not { } list) return false;
        var elements = list.GetEnumerator();
        return elements.MoveNext() && !elements.MoveNext();
    }

    /// <summary>There is one server: like a MongoDB of one member, the write is done and the wish is reported as not met.</summary>
    private static bool AsksForMoreServers(Request request) =>
        request.Body.Document("writeConcern") is { } concern && concern.TryGet("w", out var w) && w.Type != BsonType.String && w.AsNumber() > 1;

    private static void AddWriteConcernError(BsonDocument reply) => reply["writeConcernError"] = new BsonDocument
    {
        { "code", ErrorCodes.UnsatisfiableWriteConcern },
        { "codeName", ErrorCodes.NameOf(ErrorCodes.UnsatisfiableWriteConcern) },
        { "errmsg", "Not enough data-bearing nodes" },
    };
}
