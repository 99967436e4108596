using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Dashboard.Testing.Faults;

/// <summary>One connection through the proxy: two pumps that look at the faults before every piece they move.</summary>
internal sealed class FaultConnection(FaultProxy proxy, Socket client) : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _ended = new();
    private volatile bool _resetAtAnswer;
    private bool _disposed;
    private long _given;

    public async Task ServeAsync(string host, int port)
    {
        try
        {
            client.NoDelay = true;
            await _server.ConnectAsync(host, port, _ended.Token);
            await Task.WhenAll(PumpAsync(client, _server, toServer: true), PumpAsync(_server, client, toServer: false));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Reset();
        }
    }

    /// <summary>Ends it at once with a TCP reset to the client.</summary>
    public void Reset()
    {
        lock (_ended)
        {
            if (_disposed || _ended.IsCancellationRequested)
                return;
            _ended.Cancel();
        }

        proxy.CountReset();
        try
        {
            client.LingerState = new LingerOption(enable: true, 0);
            client.Close(0);
            _server.Close();
        }
        catch (ObjectDisposedException)
        {
            // Its own end came first.
        }
    }

    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
        lock (_ended)
        {
            _disposed = true;
            _ended.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool toServer)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            int count;
            try
            {
                count = await from.ReceiveAsync(buffer, _ended.Token);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                Reset();
                return;
            }

            if (count == 0)
            {
                await Task.Delay(proxy.Faults.SlowClose, _ended.Token);
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            if (!await MayPassAsync(buffer.AsMemory(0, count), toServer))
            {
                Reset();
                return;
            }

            if (!toServer && proxy.Faults.TellsFullVolume)
                FillVolume(buffer.AsSpan(0, count));
            await PassAsync(to, buffer.AsMemory(0, count), toServer);
        }
    }

    private static void FillVolume(Span<byte> answer)
    {
        var name = "\u0001fsUsedSize\0"u8;
        if (answer.IndexOf(name) is >= 0 and var at)
            BinaryPrimitives.WriteDoubleLittleEndian(answer[(at + name.Length)..], double.MaxValue);
    }

    /// <summary>False when the connection is to be reset instead.</summary>
    private async Task<bool> MayPassAsync(ReadOnlyMemory<byte> data, bool toServer)
    {
        if (toServer)
        {
            if (proxy.Faults.ResetPeer)
                return false;
            if (proxy.Faults.ResetAfterRequest is { } text && Encoding.Latin1.GetString(data.Span).Contains(text, StringComparison.Ordinal))
                _resetAtAnswer = proxy.LosesAnswer();
        }
        else if (_resetAtAnswer)
        {
            return false;
        }

        while (proxy.Faults.Timeout || (!toServer && proxy.Faults.HoldAnswers))
            await Task.Delay(Look, _ended.Token);
        return true;
    }

    private async Task PassAsync(Socket to, ReadOnlyMemory<byte> data, bool toServer)
    {
        var faults = proxy.Faults;
        await Task.Delay(Late(faults), _ended.Token);
        for (var at = 0; at < data.Length;)
        {
            var piece = data.Slice(at, Math.Min(faults.Slice ?? data.Length, data.Length - at));
            if (!toServer && faults.LimitData is { } limit && (_given += piece.Length) > limit)
            {
                await SendAsync(to, piece[..Math.Max(0, piece.Length - (int)(_given - limit))]);
                proxy.CountReset();
                await _ended.CancelAsync();
                client.Close();
                _server.Close();
                throw new OperationCanceledException(_ended.Token);
            }

            await SendAsync(to, piece);
            at += piece.Length;
            if (faults.Bandwidth is { } rate)
                await Task.Delay(TimeSpan.FromSeconds((double)piece.Length / rate), _ended.Token);
            if (faults.Slice is not null)
                await Task.Delay(faults.SlicePause, _ended.Token);
        }
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> data)
    {
        while (data.Length > 0)
            data = data[await to.SendAsync(data, _ended.Token)..];
    }

    private static TimeSpan Late(ProxyFaults faults)
    {
#pragma warning disable CA5394 // Not a secret.
        var late = faults.Latency + (faults.Jitter * ((2 * Random.Shared.NextDouble()) - 1));
#pragma warning restore CA5394
        return late > TimeSpan.Zero ? late : TimeSpan.Zero;
    }
}
