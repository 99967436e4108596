using Dashboard.LocalMongo.Wire;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace Dashboard.LocalMongo.Commands;

internal sealed class ReadCommands(Cursors cursors, TailableCursors tailable)
{
    private const string Page = "SELECT continuation::bytea, cursorid, cursorpage::bytea FROM documentdb_api.";

    public void AddTo(Dictionary<string, CommandHandler> handlers)
    {
        handlers.Add("find", FindAsync);
        handlers.Add("aggregate", AggregateAsync);
        handlers.Add("listCollections", context => CursorAsync(context, "list_collections_cursor_first_page", context.Body));
        handlers.Add("listIndexes", ListIndexesAsync);
        handlers.Add("getMore", GetMoreAsync);
        handlers.Add("killCursors", KillCursorsAsync);
        handlers.Add("count", CountAsync);
        handlers.Add("distinct", context => context.ReplyAsync("SELECT document::bytea FROM documentdb_api.distinct_query($1, $2)", context.Database, context.Body));
        handlers.Add("explain", context => ExplainAsync(context, context.Request.Body.Document("explain")
            ?? throw new MongoError(ErrorCodes.FailedToParse, "The command 'explain' needs the command to explain.")));
    }

    private Task<Reply> FindAsync(CommandContext context)
    {
        _ = context.Request.Collection;
        return context.Request.Body.Flag("tailable") && !context.Request.IsInTransaction
            ? tailable.OpenAsync(context)
            : CursorAsync(context, "find_cursor_first_page", KeptReads.OfFind(context));
    }

    private Task<Reply> AggregateAsync(CommandContext context)
    {
        // The engine ignores the flag and would run the pipeline.
        if (context.Request.Body.Flag("explain")) return ExplainAsync(context, context.Request.Body);
        if (context.Request.Body.Document("pipeline") is { } pipeline && FirstStage(pipeline) == "$changeStream")
            throw new MongoError(ErrorCodes.ChangeStreamNotSupported, "The $changeStream stage is only supported on replica sets");
        return CursorAsync(context, "aggregate_cursor_first_page", KeptReads.OfAggregate(context));
    }

    private static string? FirstStage(RawBson pipeline)
    {
        foreach (var stage in pipeline) return stage.FirstName();
        return null;
    }

    private async Task<Reply> CursorAsync(CommandContext context, string function, ReadOnlyMemory<byte> command) =>
        cursors.Keep(context.Database, await context.PageAsync($"{Page}{function}($1, $2)", context.Database, command));

    private async Task<Reply> ListIndexesAsync(CommandContext context)
    {
        var page = await context.PageAsync($"{Page}list_indexes_cursor_first_page($1, $2)", context.Database, context.Body);
        await using var reply = cursors.Keep(context.Database, page);
        if (reply.Stream is not null) throw new MongoError(1, "The list of indexes is too long.");
        var document = BsonSerializer.Deserialize<BsonDocument>(reply.Bytes.ToArray());
        // The engine's own note on how it stores an index; a dump would carry it to a MongoDB that refuses it.
        foreach (var index in document["cursor"]["firstBatch"].AsBsonArray.OfType<BsonDocument>()) index.Remove("storageEngine");
        return Reply.Of(document);
    }

    private async Task<Reply> GetMoreAsync(CommandContext context)
    {
        var id = context.Request.Target.AsNumber() ?? throw new MongoError(ErrorCodes.TypeMismatch, "The field 'getMore' must be a cursor id.");
        if (tailable.Has(id)) return await tailable.NextAsync(id, context);

        var (database, continuation) = cursors.Take(id);
        try
        {
            const string sql = "SELECT continuation::bytea, 0::bigint, cursorpage::bytea FROM documentdb_api.cursor_get_more($1, $2, $3)";
            var page = await context.PageAsync(sql, database, context.Body, continuation);
            return cursors.Keep(database, page with { CursorId = id });
        }
        catch (Npgsql.NpgsqlException e) when (e is not Npgsql.PostgresException)
        {
            // The page never came, so the driver's repetition starts where this one did.
            cursors.Put(id, database, continuation);
            throw;
        }
    }

    private async Task<Reply> KillCursorsAsync(CommandContext context)
    {
        var asked = new List<long>();
        foreach (var id in context.Request.Body.Document("cursors") ?? throw new MongoError(ErrorCodes.FailedToParse, "The field 'cursors' is missing."))
            asked.Add(id.AsNumber() ?? throw new MongoError(ErrorCodes.TypeMismatch, "Every cursor id must be a number."));
        var killed = (await cursors.KillAsync(asked, context.CancellationToken)).Concat(tailable.Kill(asked)).ToHashSet();
        return Reply.Of(new BsonDocument
        {
            { "cursorsKilled", new BsonArray(asked.Where(killed.Contains)) },
            { "cursorsNotFound", new BsonArray(asked.Where(id => !killed.Contains(id))) },
            { "cursorsAlive", new BsonArray() },
            { "cursorsUnknown", new BsonArray() },
        });
    }

    private static async Task<Reply> CountAsync(CommandContext context)
    {
        const string sql = "SELECT document::bytea FROM documentdb_api.count_query($1, $2)";
        if (context.Request.Body.Document("query") is { Bytes.Length: > 5 }) return await context.ReplyAsync(sql, context.Database, context.Body);

        // Without a query the engine answers from statistics, which lag behind the writes.
        var body = context.BodyWithout();
        body["query"] = new BsonDocument("_id", new BsonDocument("$exists", true));
        return await context.ReplyAsync(sql, context.Database, (ReadOnlyMemory<byte>)body.ToBson());
    }

    private static async Task<Reply> ExplainAsync(CommandContext context, RawBson command)
    {
        var fields = command.GetEnumerator();
        var name = fields.MoveNext() ? fields.Current.Name : "";
        var function = name switch
        {
            "find" or "count" or "distinct" or "update" or "delete" => name,
            "aggregate" => "pipeline",
            _ => throw new MongoError(ErrorCodes.CommandNotSupported, $"'{name}' cannot be explained here."),
        };
        var document = command.ToDocument();
        document.Remove("explain");
        // Even to plan $out or $merge the engine makes the collection they write to.
        if (name == "aggregate" && document["pipeline"] is BsonArray { Count: > 0 } stages && stages[^1] is BsonDocument last && (last.Contains("$out") || last.Contains("$merge")))
            stages.RemoveAt(stages.Count - 1);
        var sql = $"EXPLAIN (FORMAT JSON) SELECT document FROM documentdb_api_catalog.bson_aggregation_{function}($1, $2)";
        var row = await context.RowAsync(sql, context.Database, (ReadOnlyMemory<byte>)document.ToBson());
        var plan = BsonSerializer.Deserialize<BsonArray>(row is [string json] ? json : "[]");
        return Reply.Of(new BsonDocument
        {
            { "queryPlanner", new BsonDocument { { "namespace", $"{context.Database}.{(fields.Current.Type == BsonType.String ? fields.Current.AsString() : "$cmd")}" }, { "postgresqlPlan", plan } } },
            { "command", document },
        });
    }
}
