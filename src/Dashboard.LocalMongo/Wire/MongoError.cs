namespace Dashboard.LocalMongo.Wire;

/// <summary>A refusal in MongoDB's own terms; becomes the reply <c>{ ok: 0, code, codeName, errmsg }</c>.</summary>
internal sealed class MongoError(int code, string message, Exception? inner = null) : Exception(message, inner)
{
    public const string TransientTransaction = "TransientTransactionError";
    public const string RetryableWrite = "RetryableWriteError";

    public int Code { get; } = code;

    /// <summary>Labels tell the driver whether it may repeat the command or the transaction.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}
