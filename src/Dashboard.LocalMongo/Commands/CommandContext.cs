using Dashboard.LocalMongo.Wire;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using Npgsql;

namespace Dashboard.LocalMongo.Commands;

/// <summary>One command on its way through the engine: on the connection of its transaction, else on any.</summary>
internal sealed class CommandContext(Request request, Backend backend, NpgsqlConnection? pinned, CancellationToken cancellationToken)
{
    public Request Request { get; } = request;

    public Backend Backend { get; } = backend;

    /// <summary>Set where the reply reports write errors; as in MongoDB that ends a transaction.</summary>
    public bool HasFailed { get; set; }

    public string Database => Request.Database;

    public ReadOnlyMemory<byte> Body => Request.Body.Bytes;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    public Task<object?[]> RowAsync(string sql, params object?[] arguments) => Backend.RowAsync(pinned, sql, arguments, CancellationToken);

    public Task<CursorPage> PageAsync(string sql, params object?[] arguments) => Backend.PageAsync(pinned, sql, arguments, CancellationToken);

    /// <summary>Runs SQL whose one column is the whole reply.</summary>
    public async Task<Reply> ReplyAsync(string sql, params object?[] arguments) => new(await BytesAsync(sql, arguments));

    public async Task<BsonDocument> DocumentAsync(string sql, params object?[] arguments) =>
        BsonSerializer.Deserialize<BsonDocument>(await BytesAsync(sql, arguments));

    /// <summary>The command without the fields that the engine refuses.</summary>
    public BsonDocument BodyWithout(params ReadOnlySpan<string> names)
    {
        var body = Request.Body.ToDocument();
        foreach (var name in names) body.Remove(name);
        return body;
    }

    private async Task<byte[]> BytesAsync(string sql, object?[] arguments) =>
        await RowAsync(sql, arguments) is [byte[] reply, ..]
            ? reply
            : throw new MongoError(1, $"The engine gave no answer to '{Request.Name}'.");
}
