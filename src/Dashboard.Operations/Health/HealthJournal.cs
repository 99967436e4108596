using Dashboard.Operations.Maintenance;
using Dashboard.Operations.Storage;
using Microsoft.Extensions.Logging;
using MongoDB.Driver;

namespace Dashboard.Operations.Health;

/// <summary>
/// Takes what the checks find and writes it when the store can: a check never waits for the store. While it is away samples wait here, with
/// their own times, up to a bound; what did not fit is missing afterwards, and what is missing counts as unknown.
/// </summary>
public sealed partial class HealthJournal(DashboardDatabase database, HealthHistory history, MaintenanceWindows windows, HealthRollUps rollUps, TimeProvider time, ILogger<HealthJournal> logger)
{
    /// <summary>How many samples wait at most: half an hour of a hundred environments, more than a day of two.</summary>
    public const int Bound = 20_000;

    private const int AtOnce = 1_000;
    private static readonly TimeSpan RollUpEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Queue<HealthSample> _samples = new();
    private readonly Dictionary<string, HealthReport> _reports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DatabaseFacts> _facts = new(StringComparer.Ordinal);
    private readonly HashSet<DateTimeOffset> _touched = [];
    private List<HealthSample> _writing = [];
    private long _dropped;
    private bool _isCaughtUp;
    private long? _rolledUpAt;

    /// <summary>Samples that are not stored yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _samples.Count + _writing.Count;
        }
    }

    public void Add(HealthSample sample)
    {
        lock (_gate)
        {
            if (_samples.Count + _writing.Count >= Bound && _samples.TryDequeue(out _))
                _dropped++;
            _samples.Enqueue(sample);
        }
    }

    /// <summary>The newest of an environment is enough: its past is in the samples.</summary>
    public void Add(HealthReport report)
    {
        lock (_gate)
            _reports[report.Environment] = report;
    }

    public void Add(DatabaseFacts facts)
    {
        lock (_gate)
            _facts[facts.Id] = facts;
    }

    /// <summary>Writes what waits, and the roll-ups when they are due; what could not be written goes on waiting. For one caller at a time.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var report in Of(_reports))
        {
            await history.SaveAsync(report, cancellationToken);
            Done(_reports, report.Environment, report);
        }

        foreach (var facts in Of(_facts))
        {
            await database.HealthDatabases.ReplaceOneAsync(stored => stored.Id == facts.Id, facts, new ReplaceOptions { IsUpsert = true }, cancellationToken);
            Done(_facts, facts.Id, facts);
        }

        while (await WriteSamplesAsync(cancellationToken))
        {
        }

        await RollUpAsync(cancellationToken);
    }

    /// <summary>False when none waits.</summary>
    private async Task<bool> WriteSamplesAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_writing.Count == 0)
            {
                _writing = [.. _samples.Take(AtOnce)];
                for (var taken = 0; taken < _writing.Count; taken++)
                    _samples.Dequeue();
            }
        }

        if (_writing.Count == 0)
            return false;
        try
        {
            await database.HealthSamples.InsertManyAsync(await MarkAsync(_writing, cancellationToken), new InsertManyOptions { IsOrdered = false }, cancellationToken);
        }
        catch (MongoBulkWriteException<HealthSample> exception) when (exception.WriteConcernError is null && exception.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            // Another dashboard was first, or our own try whose answer was lost.
        }

        lock (_gate)
        {
            _touched.UnionWith(_writing.Select(sample => sample.Hour));
            _writing = [];
            if (_dropped > 0)
                LogDropped(logger, _dropped);
            _dropped = 0;
        }

        return true;
    }

    // By the windows as they were when each sample was taken, which may be long ago.
    private async Task<IReadOnlyList<HealthSample>> MarkAsync(List<HealthSample> samples, CancellationToken cancellationToken)
    {
        var open = await windows.OpenSinceAsync(samples.Min(sample => sample.At), cancellationToken);
        return [.. samples.Select(sample => sample with { DuringMaintenance = open.Any(window => window.Environment == sample.Environment && window.WasOpenAt(sample.At)) })];
    }

    private async Task RollUpAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!_isCaughtUp)
        {
            await rollUps.CatchUpAsync(now, cancellationToken);
            _isCaughtUp = true;
        }

        var current = HealthSlot.HourOf(now);
        var isDue = _rolledUpAt is not { } last || time.GetElapsedTime(last) >= RollUpEvery;
        var hours = _touched.Where(hour => isDue || hour != current).ToList();
        if (hours.Count == 0)
            return;
        await rollUps.RollUpAsync(hours, cancellationToken);
        _touched.ExceptWith(hours);
        _rolledUpAt = time.GetTimestamp();
    }

    private List<T> Of<T>(Dictionary<string, T> waiting)
    {
        lock (_gate)
            return [.. waiting.Values];
    }

    private void Done<T>(Dictionary<string, T> waiting, string key, T written)
        where T : class
    {
        lock (_gate)
        {
            if (waiting.TryGetValue(key, out var still) && ReferenceEquals(still, written))
                waiting.Remove(key);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store was away for so long that {Samples} health samples did not fit into memory; their time counts as unknown")]
    private static partial void LogDropped(ILogger logger, long samples);
}
