using System.Net;
using System.Net.Sockets;
using MongoDB.Driver;

namespace DndTracker.Tests.Support;

/// <summary>A TCP line to the server that can be cut and mended.</summary>
public sealed class Cable : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly MongoServerAddress _server = new MongoUrl(TestMongo.ConnectionString).Server;
    private readonly Task _accepting;
    private CancellationTokenSource _whole = new();

    public Cable()
    {
        _listener.Start();
        ConnectionString = new MongoUrlBuilder(TestMongo.ConnectionString)
        {
            Server = new MongoServerAddress("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port),
        }.ToString();
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    /// <summary>Ends every connection; new ones end at once.</summary>
    public void Cut() => _whole.Cancel();

    public void Mend() => _whole = new CancellationTokenSource();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _whole.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _whole.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var near = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = CarryAsync(near, _whole.Token);
        }
    }

    private async Task CarryAsync(TcpClient near, CancellationToken whole)
    {
        using var far = new TcpClient();
        using (near)
        {
            if (whole.IsCancellationRequested)
                return;
            try
            {
                await far.ConnectAsync(_server.Host, _server.Port, whole);
                await Task.WhenAny(
                    near.GetStream().CopyToAsync(far.GetStream(), whole),
                    far.GetStream().CopyToAsync(near.GetStream(), whole));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // A cut line ends both of its sides, whichever noticed first.
            }
        }
    }
}
