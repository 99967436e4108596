using System.Collections.Frozen;
using Dashboard.LocalMongo.Commands;

namespace Dashboard.LocalMongo.Wire;

/// <summary>A command as it arrived, with the fields that every command may carry.</summary>
internal sealed class Request
{
    private static readonly FrozenSet<string> Writes = FrozenSet.ToFrozenSet(["insert", "update", "delete", "findAndModify"], StringComparer.Ordinal);

    public Request(WireMessage message, int connectionId, DateTimeOffset now)
    {
        (Body, Sequence) = ServerTime.PutIn(message.Body, message.Sequence, now);
        ConnectionId = connectionId;
        var fields = Body.GetEnumerator();
        if (!fields.MoveNext()) throw new MongoError(ErrorCodes.FailedToParse, "The command is an empty document.");
        Target = fields.Current;
        Name = Target.Name;
        Database = Body.Text("$db") ?? message.Database ?? "admin";
        if (Body.Document("lsid") is { } lsid && lsid.TryGet("id", out var id)) SessionId = SessionKey(id);
        TransactionNumber = Body.Number("txnNumber");
        IsInTransaction = Body.TryGet("autocommit", out var autocommit) && !autocommit.IsTrue();
        StartsTransaction = IsInTransaction && Body.Flag("startTransaction");
    }

    public static string SessionKey(RawElement id) => Convert.ToHexString(id.Value.Span);

    public RawBson Body { get; }

    /// <summary>The kind 1 section: documents, updates or deletes.</summary>
    public ReadOnlyMemory<byte> Sequence { get; }

    public int ConnectionId { get; }

    /// <summary>The first field: the command's name and, mostly, its collection.</summary>
    public RawElement Target { get; }

    public string Name { get; }

    public string Database { get; }

    /// <summary>The logical session in hexadecimal; null without one.</summary>
    public string? SessionId { get; }

    public long? TransactionNumber { get; }

    public bool IsInTransaction { get; }

    public bool StartsTransaction { get; }

    public bool IsRetryableWrite => TransactionNumber is not null && SessionId is not null && !IsInTransaction && Writes.Contains(Name);

    public string Collection => Target.Type == MongoDB.Bson.BsonType.String && Target.AsString() is { Length: > 0 } name
        ? name
        : throw new MongoError(ErrorCodes.InvalidNamespace, $"The command '{Name}' needs the name of a collection.");
}
