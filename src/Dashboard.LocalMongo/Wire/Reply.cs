using MongoDB.Bson;

namespace Dashboard.LocalMongo.Wire;

/// <summary>The answer to one command: bytes, or a page that is still streaming out of the engine.</summary>
internal sealed class Reply : IAsyncDisposable
{
    private readonly IAsyncDisposable? _source;

    public Reply(ReadOnlyMemory<byte> bytes)
    {
        Bytes = bytes;
        Length = bytes.Length;
    }

    public Reply(Stream stream, int length, IAsyncDisposable source)
    {
        Stream = stream;
        Length = length;
        _source = source;
    }

    public int Length { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Set where the reply is too big to be held; to be read once.</summary>
    public Stream? Stream { get; }

    public static Reply Of(BsonDocument document)
    {
        if (!document.Contains("ok")) document.Add("ok", 1.0);
        return new Reply(document.ToBson());
    }

    public static Reply Ok() => Of([]);

    public static Reply Of(MongoError error)
    {
        var document = new BsonDocument
        {
            { "ok", 0.0 },
            { "errmsg", error.Message },
            { "code", error.Code },
            { "codeName", ErrorCodes.NameOf(error.Code) },
        };
        if (error.Labels.Count > 0) document.Add("errorLabels", new BsonArray(error.Labels));
        return Of(document);
    }

    public ValueTask DisposeAsync() => _source?.DisposeAsync() ?? ValueTask.CompletedTask;
}
