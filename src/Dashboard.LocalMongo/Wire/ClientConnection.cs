using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Dashboard.LocalMongo.Wire;

/// <summary>Serves one client: a command is read, run and answered before the next is read.</summary>
internal sealed partial class ClientConnection(
    Socket socket, int id, Func<WireMessage, int, CancellationToken, Task<Reply>> handler, ILogger logger)
{
    private const int ChunkSize = 128 * 1024;

    private int _lastReplyId;

    /// <summary>True while a command runs; a stopping gateway lets it finish.</summary>
    public bool IsBusy { get; private set; }

    public void Close() => socket.Dispose();

    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        try
        {
            socket.NoDelay = true;
            await using var stream = new BufferedStream(new NetworkStream(socket, ownsSocket: true), 16 * 1024);
            while (await WireMessage.ReadAsync(stream, cancellationToken) is { } message)
            {
                using (message)
                {
                    IsBusy = true;
                    await AnswerAsync(message, stream, cancellationToken);
                    IsBusy = false;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client has gone, or the gateway stops: nobody is left to be told.
        }
        catch (Exception e) when (e is InvalidDataException or MongoError)
        {
            LogGarbage(id, e.Message);
        }
        finally
        {
            IsBusy = false;
            socket.Dispose();
        }
    }

    private async Task AnswerAsync(WireMessage message, Stream stream, CancellationToken cancellationToken)
    {
        await using var reply = await handler(message, id, cancellationToken);
        if (message.IsOneWay) return;
        await SendAsync(message, reply, stream, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    private async Task SendAsync(WireMessage message, Reply reply, Stream stream, CancellationToken cancellationToken)
    {
        var prefix = message.OpCode == WireMessage.OpMsg ? 5 : 20;
        var header = new byte[WireMessage.HeaderSize + prefix];
        BinaryPrimitives.WriteInt32LittleEndian(header, header.Length + reply.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), ++_lastReplyId);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), message.RequestId);
        if (message.OpCode == WireMessage.OpMsg)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), WireMessage.OpMsg);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), WireMessage.OpReply);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), 8); // AwaitCapable, as every server says
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(32), 1); // number of documents
        }

        await stream.WriteAsync(header, cancellationToken);
        if (reply.Stream is null) await stream.WriteAsync(reply.Bytes, cancellationToken);
        else await CopyAsync(reply.Stream, stream, reply.Length, cancellationToken);
    }

    private static async Task CopyAsync(Stream from, Stream to, int length, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            while (length > 0)
            {
                var read = await from.ReadAsync(buffer.AsMemory(0, Math.Min(ChunkSize, length)), cancellationToken);
                if (read == 0) throw new EndOfStreamException("The engine ended a page before its declared length.");
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                length -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {Connection} closed: {Reason}")]
    private partial void LogGarbage(int connection, string reason);
}
