using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Dashboard.LocalMongo.Hosting;

/// <summary>
/// This process's share in the server of a data directory: its owner, who holds the lock file and runs it, or attached to the owner's,
/// trying for the lock all the while.
/// </summary>
internal sealed partial class SharedServer(LocalMongoOptions options, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PortPatience = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stopping = new();
    private FileStream? _lock;
    private ILocalEngine? _engine;
    private Endpoint? _endpoint;
    private Task _watching = Task.CompletedTask;

    public LocalMongoKind Kind => _engine?.Kind ?? _endpoint?.Kind ?? LocalMongoKind.DocumentDb;

    public string Description => _engine is { } engine
        ? $"{engine.Description} on port {_endpoint?.Port}, data in {options.DataDirectory}"
        : $"{Kind} on port {_endpoint?.Port}, run by another process, data in {options.DataDirectory}";

    private string LockPath => Path.Combine(options.DataDirectory, "owner.lock");

    /// <summary>The port at which the server answers now, and will for as long as anybody holds it.</summary>
    public async Task<int> StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.DataDirectory);
        for (var told = false; ; told = true)
        {
            _lock = FileLock.TryTake(LockPath);
            if (_lock is not null) return await OwnAsync(cancellationToken);
            if (Endpoint.Read(options.DataDirectory) is { } endpoint && await endpoint.AnswersAsync(cancellationToken)) return Attach(endpoint);
            if (!told) LogWaiting(options.DataDirectory);
            await Task.Delay(LockPoll, options.TimeProvider, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        if (_engine is not null) await _engine.DisposeAsync();
        if (_lock is not null) await _lock.DisposeAsync();
        _stopping.Dispose();
    }

    private int Attach(Endpoint endpoint)
    {
        if (options.Port != 0 && options.Port != endpoint.Port)
            throw new LocalMongoException($"The server of {options.DataDirectory} runs on port {endpoint.Port} already; use that port, or another data directory.");
        _endpoint = endpoint;
        _watching = TakeOverWhenFreeAsync(endpoint, _stopping.Token);
        LogAttached(endpoint.Port, options.DataDirectory);
        return endpoint.Port;
    }

    private async Task<int> OwnAsync(CancellationToken cancellationToken)
    {
        _engine = await EngineChoice.ForAsync(options, logger, cancellationToken);
        var stored = Endpoint.Read(options.DataDirectory)?.Port ?? 0;
        var wanted = options.Port != 0 ? options.Port : stored;
        var port = wanted != 0 && await TryServeAsync(_engine, wanted, cancellationToken) ? wanted : 0;
        if (port == 0 && options.Port != 0) throw new LocalMongoException($"Port {options.Port} is taken by another program; choose another.");
        while (port == 0)
        {
            var free = Endpoint.FreePort();
            if (await TryServeAsync(_engine, free, cancellationToken)) port = free;
        }

        _endpoint = new Endpoint(port, _engine.Kind);
        _endpoint.Write(options.DataDirectory);
        LogServing(_engine.Description, port, options.DataDirectory);
        return port;
    }

    /// <summary>False where another program keeps the port; a moment is given to one that is about to end.</summary>
    private async Task<bool> TryServeAsync(ILocalEngine engine, int port, CancellationToken cancellationToken)
    {
        var started = options.TimeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                await engine.StartAsync(port, cancellationToken);
                return true;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                if (options.TimeProvider.GetElapsedTime(started) > PortPatience) return false;
                await Task.Delay(LockPoll, options.TimeProvider, cancellationToken);
            }
        }
    }

    private async Task TakeOverWhenFreeAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        try
        {
            while (_lock is null)
            {
                await Task.Delay(LockPoll, options.TimeProvider, cancellationToken);
                _lock = FileLock.TryTake(LockPath);
            }

            LogTakingOver(options.DataDirectory);
            while (!await TryTakeOverAsync(endpoint, cancellationToken)) LogPortTaken(endpoint.Port);
            LogServing(Description, endpoint.Port, options.DataDirectory);
        }
        catch (OperationCanceledException)
        {
            // Disposed while attached, or on the way to owning.
        }
        catch (Exception e) when (e is LocalMongoException or IOException)
        {
            LogTakeOverFailed(e, options.DataDirectory);
        }
    }

    private async Task<bool> TryTakeOverAsync(Endpoint endpoint, CancellationToken cancellationToken)
    {
        _engine ??= await EngineChoice.ForAsync(options, logger, cancellationToken);
        return await TryServeAsync(_engine, endpoint.Port, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for the process that starts the MongoDB of {Directory}…")]
    private partial void LogWaiting(string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "Using the MongoDB on port {Port} that another process runs, data in {Directory}")]
    private partial void LogAttached(int port, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Server} answers on port {Port}, data in {Directory}")]
    private partial void LogServing(string server, int port, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "The process that ran the MongoDB of {Directory} has ended; taking it over")]
    private partial void LogTakingOver(string directory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Another program has taken port {Port}; trying again")]
    private partial void LogPortTaken(int port);

    [LoggerMessage(Level = LogLevel.Error, Message = "The MongoDB of {Directory} could not be taken over")]
    private partial void LogTakeOverFailed(Exception exception, string directory);
}
