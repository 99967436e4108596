using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Dashboard.Testing.Faults;

/// <summary>A TCP proxy on a free port of the loopback address whose faults can be changed while connections are open.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly string _host;
    private readonly int _port;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<FaultConnection, Task> _connections = new();
    private readonly List<Task> _accepting = [];
    private TcpListener? _listener;
    private volatile ProxyFaults _faults = ProxyFaults.None;
    private bool _disposed;
    private int _lostAnswers;
    private int _accepted;
    private int _resets;

    private FaultProxy(string host, int port)
    {
        _host = host;
        _port = port;
        Listen(0);
    }

    /// <summary>Stays the same while the proxy is down.</summary>
    public int Port { get; private set; }

    /// <summary>Connections taken so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that a fault ended.</summary>
    public int Resets => Volatile.Read(ref _resets);

    /// <summary>Valid for everything that moves from now on.</summary>
    public ProxyFaults Faults
    {
        get => _faults;
        set
        {
            lock (_gate)
            {
                if (_disposed)
                    return;
                var before = _faults;
                _faults = value;
                _lostAnswers = 0;
                if (value.Down && !before.Down)
                    Close();
                else if (!value.Down && before.Down)
                    Listen(Port);
                if (before.Timeout && !value.Timeout)
                    ResetAll();
            }
        }
    }

    public static FaultProxy Start(string host, int port) => new(host, port);

    /// <summary>In front of the first server of a MongoDB connection string.</summary>
    public static FaultProxy InFrontOf(string connectionString)
    {
        var server = new MongoDB.Driver.MongoUrl(connectionString).Server;
        return new FaultProxy(server.Host, server.Port);
    }

    /// <summary>The connection string that leads through this proxy; the driver is told not to look for the set's other names.</summary>
    public string Through(string connectionString) => new MongoDB.Driver.MongoUrlBuilder(connectionString)
    {
        Server = new MongoDB.Driver.MongoServerAddress("127.0.0.1", Port),
        DirectConnection = true,
        ReplicaSetName = null,
    }.ToString();

    /// <summary>Resets every open connection once.</summary>
    public void ResetAll()
    {
        foreach (var connection in _connections.Keys)
            connection.Reset();
    }

    public async ValueTask DisposeAsync()
    {
        Task[] accepting;
        lock (_gate)
        {
            _disposed = true;
            Close();
            accepting = [.. _accepting];
        }

        await Task.WhenAll([.. accepting, .. _connections.Values]);
    }

    /// <summary>Whether one more answer is to be lost.</summary>
    internal bool LosesAnswer() => Interlocked.Increment(ref _lostAnswers) <= _faults.ResetTimes;

    internal void CountReset() => Interlocked.Increment(ref _resets);

    private void Listen(int port)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting.Add(AcceptAsync(_listener));
    }

    private void Close()
    {
        _listener?.Stop();
        ResetAll();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            Interlocked.Increment(ref _accepted);
            var connection = new FaultConnection(this, client);
            _connections[connection] = ServeAsync(connection);
            if (_faults.Down)
                connection.Reset();
        }
    }

    private async Task ServeAsync(FaultConnection connection)
    {
        await Task.Yield();
        await connection.ServeAsync(_host, _port);
        _connections.TryRemove(connection, out _);
        connection.Dispose();
    }
}
