using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using Dashboard.LocalMongo.Commands;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Dashboard.LocalMongo.Wire;

/// <summary>Speaks MongoDB's wire protocol on the loopback interface for a DocumentDB engine.</summary>
internal sealed partial class Gateway : IAsyncDisposable
{
    public const int MaxConnections = 2000;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(3);

    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly Backend _backend;
    private readonly Transactions _transactions;
    private readonly Cursors _cursors;
    private readonly TailableCursors _tailable;
    private readonly Dispatcher _dispatcher;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<int, (ClientConnection Connection, Task Served)> _clients = new();
    private Task _running = Task.CompletedTask;
    private int _lastConnection;

    /// <param name="dataDirectory">Whose volume the server tells the room of.</param>
    public Gateway(int port, string engine, string dataDirectory, TimeProvider timeProvider, ILogger logger)
    {
        _logger = logger;
        _timeProvider = timeProvider;
        _backend = new Backend(engine, timeProvider);
        _transactions = new Transactions(_backend, timeProvider);
        _cursors = new Cursors(_backend, timeProvider);
        _tailable = new TailableCursors(timeProvider);
        _dispatcher = new Dispatcher(Handlers(port, dataDirectory), _backend, _transactions, new ErrorTranslation(_backend), timeProvider, logger);
        _listener = new TcpListener(IPAddress.Loopback, port);
    }

    /// <summary>Listens; fails with a <see cref="SocketException"/> where another program holds the port.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RetryRecord.PrepareAsync(_backend, cancellationToken);
        _listener.Start(backlog: 512);
        _running = Task.WhenAll(AcceptAsync(), SweepAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        _tailable.Stop();
        foreach (var (connection, _) in _clients.Values) connection.CloseWhenIdle();
        try
        {
            await Task.WhenAll(_clients.Values.Select(c => c.Served)).WaitAsync(Drain, _timeProvider);
        }
        catch (TimeoutException)
        {
            // Long commands are cancelled below.
        }

        await _stopping.CancelAsync();
        await _running;
        await Task.WhenAll(_clients.Values.Select(c => c.Served));
        await _transactions.EndAllAsync();
        await _backend.DisposeAsync();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private FrozenDictionary<string, CommandHandler> Handlers(int port, string dataDirectory)
    {
        var handlers = new Dictionary<string, CommandHandler>(StringComparer.Ordinal);
        new ServerCommands(port, () => _clients.Count, _timeProvider).AddTo(handlers);
        new ReadCommands(_cursors, _tailable).AddTo(handlers);
        new WriteCommands(_tailable).AddTo(handlers);
        SchemaCommands.AddTo(handlers, dataDirectory);
        new SessionCommands(_transactions).AddTo(handlers);
        return handlers.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(_stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted } or InvalidOperationException)
            {
                return;
            }
            catch (SocketException e)
            {
                LogAcceptFailed(e.Message);
                await Task.Delay(AcceptPause, _timeProvider);
                continue;
            }

            if (_clients.Count >= MaxConnections)
            {
                LogFull(MaxConnections);
                socket.Dispose();
                continue;
            }

            Serve(socket);
        }
    }

    private void Serve(Socket socket)
    {
        var id = ++_lastConnection;
        var connection = new ClientConnection(socket, id, _dispatcher.RunAsync, _logger);
        var started = new TaskCompletionSource();
        var served = ServeAsync();
        _clients[id] = (connection, served);
        started.SetResult();

        async Task ServeAsync()
        {
            // Listed first, so that the removal below finds it.
            await started.Task.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await connection.ServeAsync(_stopping.Token);
            _clients.TryRemove(id, out _);
        }
    }

    private async Task SweepAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(SweepInterval, _timeProvider);
            while (await timer.WaitForNextTickAsync(_stopping.Token)) await SweepOnceAsync();
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private async Task SweepOnceAsync()
    {
        try
        {
            _tailable.Sweep();
            await _cursors.SweepAsync(_stopping.Token);
            await _transactions.SweepAsync();
            await RetryRecord.SweepAsync(_backend, _stopping.Token);
        }
        catch (NpgsqlException e)
        {
            LogSweepFailed(e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection could not be accepted: {Reason}")]
    private partial void LogAcceptFailed(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection was refused: there are {Limit} already")]
    private partial void LogFull(int limit);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Idle cursors and transactions could not be swept: {Reason}")]
    private partial void LogSweepFailed(string reason);
}
