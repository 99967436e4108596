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
    private const int MsgPrefix = 5;
    private const int ReplyPrefix = 20;

    private readonly Lock _gate = new();
    private bool _isBusy;
    private bool _isClosing;
    private int _lastReplyId;

    /// <summary>Closes the connection now or, while a command runs, after its answer.</summary>
    public void CloseWhenIdle()
    {
        lock (_gate)
        {
            _isClosing = true;
            if (!_isBusy) socket.Dispose();
        }
    }

    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        try
        {
            socket.NoDelay = true;
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            // For reading alone: a client that wants no answer sends the next message right behind, and a buffer cannot turn round then.
            await using var input = new BufferedStream(stream, 16 * 1024);
            while (await WireMessage.ReadAsync(input, cancellationToken) is { } message)
            {
                using (message)
                {
                    if (!TryEnter()) return;
                    await AnswerAsync(message, stream, cancellationToken);
                    if (!TryLeave()) return;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client has gone, or the gateway stops: nobody is left to be told.
        }
#pragma warning disable CA1031 // Whatever one client's message or page brings about must not end the others' server.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogClosed(id, e.Message);
        }
        finally
        {
            socket.Dispose();
        }
    }

    private bool TryEnter()
    {
        lock (_gate)
        {
            _isBusy = true;
            return !_isClosing;
        }
    }

    private bool TryLeave()
    {
        lock (_gate)
        {
            _isBusy = false;
            return !_isClosing;
        }
    }

    private async Task AnswerAsync(WireMessage message, NetworkStream stream, CancellationToken cancellationToken)
    {
        await using var reply = await handler(message, id, cancellationToken);
        if (message.IsOneWay) return;

        var headerSize = WireMessage.HeaderSize + (message.OpCode == WireMessage.OpMsg ? MsgPrefix : ReplyPrefix);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            WriteHeader(buffer.AsSpan(0, headerSize), message, headerSize + reply.Length);
            if (reply.Stream is null) await SendAsync(buffer, headerSize, reply.Bytes, stream, cancellationToken);
            else await CopyAsync(buffer, headerSize, reply.Stream, reply.Length, stream, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void WriteHeader(Span<byte> header, WireMessage message, int length)
    {
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], ++_lastReplyId);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], message.RequestId);
        if (message.OpCode == WireMessage.OpMsg)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header[12..], WireMessage.OpMsg);
            return;
        }

        BinaryPrimitives.WriteInt32LittleEndian(header[12..], WireMessage.OpReply);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 8); // AwaitCapable, as every server says
        BinaryPrimitives.WriteInt32LittleEndian(header[32..], 1); // number of documents
    }

    /// <summary>Header and reply go out together where they fit: one packet instead of two.</summary>
    private static async Task SendAsync(byte[] buffer, int headerSize, ReadOnlyMemory<byte> reply, NetworkStream stream, CancellationToken cancellationToken)
    {
        if (headerSize + reply.Length <= buffer.Length)
        {
            reply.CopyTo(buffer.AsMemory(headerSize));
            await stream.WriteAsync(buffer.AsMemory(0, headerSize + reply.Length), cancellationToken);
            return;
        }

        await stream.WriteAsync(buffer.AsMemory(0, headerSize), cancellationToken);
        await stream.WriteAsync(reply, cancellationToken);
    }

    private static async Task CopyAsync(byte[] buffer, int filled, Stream from, int length, NetworkStream to, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            var read = await from.ReadAsync(buffer.AsMemory(filled, Math.Min(buffer.Length - filled, length)), cancellationToken);
            if (read == 0) throw new EndOfStreamException("The engine ended a page before its declared length.");
            await to.WriteAsync(buffer.AsMemory(0, filled + read), cancellationToken);
            length -= read;
            filled = 0;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection {Connection} closed: {Reason}")]
    private partial void LogClosed(int connection, string reason);
}
