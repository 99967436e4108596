using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dashboard.Testing.Http;

/// <summary>
/// One address before several servers, without affinity: each request goes to the next server, whoever sends it, and a web socket stays where it was
/// opened. It asks the server to close each other connection after its answer, so that the next request comes on a new one.
/// </summary>
public sealed class RoundRobinProxy : IAsyncDisposable
{
    private const int LongestHead = 64 * 1024;
    private readonly IReadOnlyList<Uri> _servers;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly Task _accepting;
    private readonly int[] _requests;
    private readonly int[] _sockets;
    private int _next = -1;

    private RoundRobinProxy(IReadOnlyList<Uri> servers)
    {
        _servers = servers;
        (_requests, _sockets) = (new int[servers.Count], new int[servers.Count]);
        _listener.Start();
        Address = new Uri($"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Of each server, in the order in which they were given.</summary>
    public IReadOnlyList<int> Requests => _requests;

    /// <summary>The web sockets among them.</summary>
    public IReadOnlyList<int> Sockets => _sockets;

    public static RoundRobinProxy Start(params IReadOnlyList<Uri> servers) => new(servers);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_ending.Token);
                var serving = ServeAsync(client);
                _connections[serving] = 0;
                _ = serving.ContinueWith(done => _connections.TryRemove(done, out _), TaskScheduler.Default);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var own = client;
        try
        {
            var from = client.GetStream();
            if (await HeadAsync(from) is not { } head)
                return;
            var chosen = (int)((uint)Interlocked.Increment(ref _next) % (uint)_servers.Count);
            var isSocket = head.Text.Contains("\r\nUpgrade: websocket", StringComparison.OrdinalIgnoreCase);
            Interlocked.Increment(ref _requests[chosen]);
            if (isSocket)
                Interlocked.Increment(ref _sockets[chosen]);
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _servers[chosen].Port, _ending.Token);
            var to = server.GetStream();
            await to.WriteAsync(Encoding.Latin1.GetBytes(isSocket ? head.Text : Closing(head.Text)), _ending.Token);
            await to.WriteAsync(head.Body, _ending.Token);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
            var answering = to.CopyToAsync(from, either.Token);
            await Task.WhenAny(answering, from.CopyToAsync(to, either.Token));

            // Who has sent everything may still be answered.
            if (!isSocket)
                await answering;
            await either.CancelAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One of the two has gone.
        }
    }

    /// <summary>Up to the empty line, and what came with it; null when nothing was asked.</summary>
    private async Task<(string Text, ReadOnlyMemory<byte> Body)?> HeadAsync(NetworkStream from)
    {
        var buffer = new byte[LongestHead];
        for (var length = 0; length < buffer.Length;)
        {
            var read = await from.ReadAsync(buffer.AsMemory(length), _ending.Token);
            if (read == 0)
                return null;
            length += read;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is var end and >= 0)
                return (Encoding.Latin1.GetString(buffer, 0, end + 4), buffer.AsMemory(end + 4, length - end - 4));
        }

        return null;
    }

    private static string Closing(string head) =>
        string.Join("\r\n", head[..^4].Split("\r\n").Where(line => !line.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase)).Append("Connection: close")) + "\r\n\r\n";
}
