using Dashboard.Operations.Backups;
using Dashboard.Operations.Overview;
using Dashboard.Operations.Storage;

namespace Dashboard.Telemetry;

/// <summary>How everything stood when it was last read from the store: what gauges tell, because a scrape cannot wait for a database.</summary>
public sealed record Standing(DateTimeOffset At, IReadOnlyList<EnvironmentCard> Cards, IReadOnlyList<BackupHealthReport> Backups);

/// <summary>Reads it all again every quarter of a minute, and keeps the last one for whoever asks.</summary>
public sealed partial class StandingPoll(EnvironmentCards cards, BackupHealth backups, TimeProvider time, ILogger<StandingPoll> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>What is older says nothing about now.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private Standing? _latest;

    /// <summary>Null before the first reading, and when the store has not answered for a minute: a gauge that is absent is honest, one that stands still is not.</summary>
    public Standing? Latest => _latest is { } latest && time.GetUtcNow() - latest.At <= Longest ? latest : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await ReadAsync(stoppingToken);
            }
            catch (Exception exception) when (StoreFailure.Is(exception) || exception is IOException or UnauthorizedAccessException)
            {
                LogFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task ReadAsync(CancellationToken cancellationToken)
    {
        var shown = await cards.ListAsync(cancellationToken);
        _latest = new Standing(time.GetUtcNow(), shown, await backups.ListAsync(cancellationToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The figures for /metrics could not be read; they are left out until they can")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
