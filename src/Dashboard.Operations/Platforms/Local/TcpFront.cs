using System.Net;
using System.Net.Sockets;

namespace Dashboard.Operations.Platforms.Local;

/// <summary>The one address of an environment: hands each connection to the next machine that accepts it.</summary>
internal sealed class TcpFront : IAsyncDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener;
    private readonly Func<IReadOnlyList<Uri>> _machines;
    private readonly Task _accepting;
    private int _turn;

    /// <summary>Listens on the port of the loopback address, or on a free one for 0.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public TcpFront(int port, Func<IReadOnlyList<Uri>> machines)
    {
        _machines = machines;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var near = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = CarryAsync(near, _stop.Token);
            }
            catch (SocketException)
            {
                // A client that left before it was accepted, or too many open files: the next one may fare better.
                await Task.Yield();
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(TcpClient near, CancellationToken cancellationToken)
    {
        using (near)
        {
            try
            {
                using var far = await ConnectAsync(cancellationToken);
                if (far is null)
                {
                    await RefuseAsync(near, cancellationToken);
                    return;
                }

                near.NoDelay = far.NoDelay = true;
                await Task.WhenAll(CopyAsync(near, far, cancellationToken), CopyAsync(far, near, cancellationToken));
            }
            catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
            {
                // Either side may leave at any time; the other notices by the end of its connection.
            }
        }
    }

    private async Task<TcpClient?> ConnectAsync(CancellationToken cancellationToken)
    {
        var machines = _machines();
        var first = (uint)Interlocked.Increment(ref _turn);
        for (uint i = 0; i < machines.Count; i++)
        {
            var machine = machines[(int)((first + i) % (uint)machines.Count)];
            var far = new TcpClient();
            try
            {
                using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limited.CancelAfter(ConnectLimit);
                await far.ConnectAsync(machine.Host, machine.Port, limited.Token);
                return far;
            }
            catch (Exception refused) when (refused is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                far.Dispose();
            }
        }

        return null;
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to, CancellationToken cancellationToken)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream(), cancellationToken);
            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException)
        {
            // Half a broken connection helps nobody: closing both ends the copy in the other direction too.
            from.Close();
            to.Close();
        }
    }

    /// <summary>Says in HTTP that no machine is there, as the platform's proxy would.</summary>
    private static async Task RefuseAsync(TcpClient near, CancellationToken cancellationToken)
    {
        var stream = near.GetStream();
        await stream.WriteAsync(
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Type: text/plain\r\nContent-Length: 26\r\nConnection: close\r\n\r\nNo machine is running yet."u8.ToArray(),
            cancellationToken);
        near.Client.Shutdown(SocketShutdown.Send);
        // Closing with the request unread would reset the connection and take the answer with it.
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(ConnectLimit);
        await stream.CopyToAsync(Stream.Null, limited.Token);
    }
}
