using Dashboard.LocalMongo.Wire;
using MongoDB.Bson;

namespace Dashboard.LocalMongo.Commands;

/// <summary>Collections, indexes and databases: rare commands, whose bodies and replies are reshaped where the engine's differ.</summary>
internal static class SchemaCommands
{
    private static readonly string[] Envelope = ["lsid", "txnNumber", "writeConcern", "$clusterTime", "commitQuorum", "autocommit", "startTransaction"];

    public static void AddTo(Dictionary<string, CommandHandler> handlers, string dataDirectory)
    {
        handlers.Add("create", CreateAsync);
        handlers.Add("drop", DropAsync);
        handlers.Add("dropDatabase", DropDatabaseAsync);
        handlers.Add("renameCollection", RenameAsync);
        handlers.Add("collMod", context => context.ReplyAsync(
            "SELECT documentdb_api.coll_mod($1, $2, $3)::bytea", context.Database, context.Request.Collection, Bytes(context.BodyWithout(Envelope))));
        handlers.Add("createIndexes", CreateIndexesAsync);
        handlers.Add("dropIndexes", DropIndexesAsync);
        handlers.Add("listDatabases", ListDatabasesAsync);
        handlers.Add("collStats", context => context.ReplyAsync(
            "SELECT documentdb_api.coll_stats($1, $2, $3)::bytea", context.Database, context.Request.Collection, Scale(context)));
        handlers.Add("dbStats", context => DatabaseStatsAsync(context, dataDirectory));
        handlers.Add("validate", context => context.ReplyAsync("SELECT document::bytea FROM documentdb_api.validate($1, $2)", context.Database, context.Body));
        handlers.Add("currentOp", context => context.ReplyAsync("SELECT document::bytea FROM documentdb_api.current_op_command($1)", context.Body));
    }

    /// <summary>The engine knows nothing of its volume, and whoever loads a copy beside asks for the room on it.</summary>
    private static async Task<Reply> DatabaseStatsAsync(CommandContext context, string dataDirectory)
    {
        var scale = Scale(context);
        var stats = await context.DocumentAsync("SELECT documentdb_api.db_stats($1, $2)::bytea", context.Database, scale);
        var volume = new DriveInfo(dataDirectory);
        stats["fsTotalSize"] = volume.TotalSize / scale;
        stats["fsUsedSize"] = (volume.TotalSize - volume.AvailableFreeSpace) / scale;
        return Reply.Of(stats);
    }

    private static Task<Reply> CreateAsync(CommandContext context)
    {
        if (context.Request.Body.Has("timeseries")) throw new MongoError(ErrorCodes.CommandNotSupported, "Time series collections are not supported here.");
        var body = context.BodyWithout(
            ["capped", "size", "max", "autoIndexId", "idIndex", "storageEngine", "writeConcern", "changeStreamPreAndPostImages", "uuid"]);
        return context.ReplyAsync("SELECT documentdb_api.create_collection_view($1, $2)::bytea", context.Database, Bytes(body));
    }

    private static async Task<Reply> DropAsync(CommandContext context)
    {
        var name = context.Request.Collection;
        var row = await context.RowAsync("SELECT documentdb_api.drop_collection($1, $2)", context.Database, name);
        if (row is not [true]) throw new MongoError(ErrorCodes.NamespaceNotFound, "ns not found");
        return Reply.Of(new BsonDocument { { "nIndexesWas", 1 }, { "ns", $"{context.Database}.{name}" } });
    }

    private static async Task<Reply> DropDatabaseAsync(CommandContext context)
    {
        await context.RowAsync("SELECT 1 FROM documentdb_api.drop_database($1)", context.Database);
        return Reply.Of(new BsonDocument("dropped", context.Database));
    }

    private static Task<Reply> RenameAsync(CommandContext context)
    {
        var body = context.BodyWithout(Envelope);
        body.Remove("$db");
        return context.ReplyAsync("SELECT documentdb_api.rename_collection($1::bytea)::bytea", Bytes(body));
    }

    private static async Task<Reply> CreateIndexesAsync(CommandContext context)
    {
        var body = context.BodyWithout(Envelope);
        if (body.TryGetValue("indexes", out var indexes) && indexes is BsonArray list)
        {
            foreach (var index in list.OfType<BsonDocument>())
            {
                foreach (var name in (string[])["ns", "background", "storageEngine", "v"]) index.Remove(name);
            }
        }

        var reply = await context.DocumentAsync(
            "SELECT documentdb_api_internal.create_indexes_non_concurrently($1, $2, true)::bytea", context.Database, Bytes(body));
        var result = reply.TryGetValue("raw", out var raw) && raw is BsonDocument shards && shards.TryGetValue("defaultShard", out var shard)
            ? shard.AsBsonDocument
            : reply;
        if (!result.GetValue("ok", 1).ToBoolean())
            throw new MongoError(ErrorCodes.FromPacked(result.GetValue("code", 1).ToInt32()), result.GetValue("errmsg", "The index could not be built.").ToString() ?? "");
        result["ok"] = 1.0;
        return Reply.Of(result);
    }

    private static async Task<Reply> DropIndexesAsync(CommandContext context)
    {
        var result = await context.DocumentAsync(
            "SELECT documentdb_api_internal.drop_indexes_non_concurrently($1, $2)::bytea", context.Database, Bytes(context.BodyWithout(Envelope)));
        if (!result.GetValue("ok", true).ToBoolean())
            throw new MongoError(ErrorCodes.FromPacked(result.GetValue("code", 1).ToInt32()), result.GetValue("errmsg", "The index could not be dropped.").ToString() ?? "");
        result["ok"] = 1.0;
        return Reply.Of(result);
    }

    private static async Task<Reply> ListDatabasesAsync(CommandContext context)
    {
        var body = context.BodyWithout(Envelope);
        foreach (var name in (string[])["$readPreference", "authorizedDatabases", "$db"]) body.Remove(name);
        var reply = await context.DocumentAsync("SELECT documentdb_api.list_databases($1::bytea)::bytea", Bytes(body));
        foreach (var database in reply["databases"].AsBsonArray.OfType<BsonDocument>())
        {
            if (body.GetValue("nameOnly", false).ToBoolean()) continue;
            database.TryAdd("sizeOnDisk", 0L);
            database.TryAdd("empty", false);
        }

        return Reply.Of(reply);
    }

    private static double Scale(CommandContext context) => context.Request.Body.Number("scale") is { } scale and > 0 ? scale : 1;

    private static ReadOnlyMemory<byte> Bytes(BsonDocument document) => document.ToBson();

    private static void TryAdd(this BsonDocument document, string name, BsonValue value)
    {
        if (!document.Contains(name)) document.Add(name, value);
    }
}
