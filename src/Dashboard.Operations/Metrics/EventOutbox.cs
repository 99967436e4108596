using System.Threading.Channels;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;

namespace Dashboard.Operations.Metrics;

/// <summary>
/// Takes events from runs and writes them behind their backs, so that no run waits for them or fails by them. While the database is away up to
/// <see cref="MostWaiting"/> are kept in memory and written in their order when it is back; beyond that the oldest go, and the log says how many.
/// </summary>
public sealed partial class EventOutbox : IAsyncDisposable, IDisposable
{
    public const int MostWaiting = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long the end of the process waits for what is still to be written; a command's last event is written here.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly EventLog _log;
    private readonly EnvironmentRegistry _environments;
    private readonly TimeProvider _time;
    private readonly ILogger<EventOutbox> _logger;
    private readonly Channel<DeploymentEvent> _waiting;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _writing;
    private int _dropped;

    public EventOutbox(EventLog log, EnvironmentRegistry environments, TimeProvider time, ILogger<EventOutbox> logger)
    {
        (_log, _environments, _time, _logger) = (log, environments, time, logger);
        _waiting = Channel.CreateBounded<DeploymentEvent>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Interlocked.Increment(ref _dropped));
        _writing = WriteAllAsync();
    }

    /// <summary>Nothing of an environment whose metrics are switched off.</summary>
    public void Offer(DeploymentEvent told)
    {
        if (_environments.Find(told.Environment)?.Settings.Monitoring.MetricsEnabled != false)
            _waiting.Writer.TryWrite(told);
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        _end.CancelAfter(Patience);
        await _writing;
        Dispose();
    }

    /// <summary>Without waiting for what is still to be written.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        if (!_writing.IsCompleted)
            _end.Cancel();
        else
            _end.Dispose();
    }

    private async Task WriteAllAsync()
    {
        try
        {
            await foreach (var told in _waiting.Reader.ReadAllAsync(_end.Token))
                await WriteAsync(told);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            LogLost(_logger, _waiting.Reader.Count + 1);
        }
    }

    private async Task WriteAsync(DeploymentEvent told)
    {
        for (var wasAway = false; ;)
        {
            try
            {
                await _log.AddAsync(told, _end.Token);
                if (wasAway)
                    LogBack(_logger, _waiting.Reader.Count, Interlocked.Exchange(ref _dropped, 0));
                return;
            }
            catch (Exception exception) when (StoreFailure.Is(exception))
            {
                if (!wasAway)
                    LogAway(_logger, exception);
                wasAway = true;
                await Task.Delay(Pause, _time, _end.Token);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A deployment event could not be stored; it and those after it are kept until the database is back")]
    private static partial void LogAway(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deployment events are stored again; {Waiting} wait and {Dropped} were dropped because there were too many")]
    private static partial void LogBack(ILogger logger, int waiting, int dropped);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The process ends before {Count} deployment events could be stored; they are lost")]
    private static partial void LogLost(ILogger logger, int count);
}
