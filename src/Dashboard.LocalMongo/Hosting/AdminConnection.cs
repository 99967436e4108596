using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Dashboard.LocalMongo.Wire;
using MongoDB.Bson;

namespace Dashboard.LocalMongo.Hosting;

/// <summary>Sends single commands to the admin database of a server on this machine.</summary>
internal sealed class AdminConnection : IDisposable
{
    private readonly TcpClient _client = new();

    public static async Task<AdminConnection> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var connection = new AdminConnection();
        try
        {
            await connection._client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The reply, also where it is a refusal.</summary>
    public async Task<BsonDocument> RunAsync(BsonDocument command, CancellationToken cancellationToken)
    {
        command["$db"] = "admin";
        var body = command.ToBson();
        var message = new byte[WireMessage.HeaderSize + 5 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), WireMessage.OpMsg);
        body.CopyTo(message, WireMessage.HeaderSize + 5);
        var stream = _client.GetStream();
        await stream.WriteAsync(message, cancellationToken);
        using var reply = await WireMessage.ReadAsync(stream, cancellationToken) ?? throw new IOException("The server closed the connection.");
        return reply.Body.ToDocument();
    }

    public void Dispose() => _client.Dispose();
}
