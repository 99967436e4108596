using Dashboard.Hosting;
using Dashboard.Jobs;
using Dashboard.Operations.Backups;
using Dashboard.Operations.Overview;

namespace Dashboard.Telemetry;

/// <summary>How everything stood when it was last read from the store: what gauges tell, because a scrape cannot wait for a database.</summary>
public sealed record Standing(DateTimeOffset At, IReadOnlyList<EnvironmentCard> Cards, IReadOnlyList<BackupHealthReport> Backups);

/// <summary>Reads it all again every quarter of a minute, and keeps the last one for whoever asks.</summary>
public sealed partial class StandingPoll(EnvironmentCards cards, BackupHealth backups, Readiness readiness, TimeProvider time, ILogger<StandingPoll> logger) : Poll(readiness, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>What is older says nothing about now.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private Standing? _latest;

    /// <summary>Null before the first reading, and when the store has not answered for a minute: a gauge that is absent is honest, one that stands still is not.</summary>
    public Standing? Latest => _latest is { } latest && Time.GetUtcNow() - latest.At <= Longest ? latest : null;

    protected override Task PollAsync(CancellationToken stoppingToken) => RepeatAsync(ReadAsync, Interval, stoppingToken);

    protected override void Tell(Exception exception) => LogFailed(logger, exception);

    internal async Task ReadAsync(CancellationToken cancellationToken)
    {
        var shown = await cards.ListAsync(cancellationToken);
        _latest = new Standing(Time.GetUtcNow(), shown, await backups.ListAsync(cancellationToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The figures for /metrics could not be read; they are left out until they can")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
