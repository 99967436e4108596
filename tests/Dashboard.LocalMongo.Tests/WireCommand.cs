using System.Buffers.Binary;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;

namespace Dashboard.LocalMongo.Tests;

/// <summary>Sends a command as bytes, without the additions of a driver.</summary>
internal static class WireCommand
{
    private const int HeaderSize = 16;
    private const int OpMsg = 2013;

    public static async Task<BsonDocument> RunAsync(string connectionString, string database, BsonDocument command, CancellationToken cancellationToken)
    {
        using var client = await ConnectAsync(connectionString, cancellationToken);
        return await RunAsync(client.GetStream(), database, command, cancellationToken);
    }

    public static async Task<TcpClient> ConnectAsync(string connectionString, CancellationToken cancellationToken)
    {
        var server = MongoUrl.Create(connectionString).Server;
        var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, cancellationToken);
        return client;
    }

    public static async Task<BsonDocument> RunAsync(Stream stream, string database, BsonDocument command, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Message(database, command), cancellationToken);
        return await ReadAsync(stream, cancellationToken);
    }

    public static byte[] Message(string database, BsonDocument command, bool isOneWay = false)
    {
        var body = new BsonDocument(command) { ["$db"] = database }.ToBson();
        var message = new byte[HeaderSize + 5 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), OpMsg);
        if (isOneWay) message[HeaderSize] = 2; // moreToCome
        body.CopyTo(message, HeaderSize + 5);
        return message;
    }

    public static async Task<BsonDocument> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderSize];
        await stream.ReadExactlyAsync(header, cancellationToken);
        var reply = new byte[BinaryPrimitives.ReadInt32LittleEndian(header) - HeaderSize];
        await stream.ReadExactlyAsync(reply, cancellationToken);
        return BsonSerializer.Deserialize<BsonDocument>(reply[5..]);
    }
}
