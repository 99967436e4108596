using Dashboard.LocalMongo.Wire;
using MongoDB.Bson;

namespace Dashboard.LocalMongo.Commands;

internal sealed class SessionCommands(Transactions transactions)
{
    public void AddTo(Dictionary<string, CommandHandler> handlers)
    {
        handlers.Add("commitTransaction", CommitAsync);
        handlers.Add("abortTransaction", AbortAsync);
        handlers.Add("startSession", _ => Task.FromResult(StartSession()));
        handlers.Add("endSessions", EndSessionsAsync);
        handlers.Add("killSessions", EndSessionsAsync);
        handlers.Add("refreshSessions", _ => Task.FromResult(Reply.Ok()));
    }

    private async Task<Reply> CommitAsync(CommandContext context)
    {
        await transactions.CommitAsync(context.Request, context.CancellationToken);
        return Reply.Ok();
    }

    private async Task<Reply> AbortAsync(CommandContext context)
    {
        await transactions.AbortAsync(context.Request, context.CancellationToken);
        return Reply.Ok();
    }

    private static Reply StartSession() => Reply.Of(new BsonDocument
    {
        { "id", new BsonDocument("id", new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard)) },
        { "timeoutMinutes", 30 },
    });

    private async Task<Reply> EndSessionsAsync(CommandContext context)
    {
        var ended = new List<string>();
        foreach (var session in context.Request.Body.Document(context.Request.Name) ?? throw new MongoError(ErrorCodes.FailedToParse, "The list of sessions is missing."))
        {
            if (session.Type == BsonType.Document && RawBson.At(session.Value).TryGet("id", out var id)) ended.Add(Request.SessionKey(id));
        }

        await transactions.EndAsync(ended);
        return Reply.Ok();
    }
}
